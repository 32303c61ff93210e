import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';

/** A request that a server of this process answered. */
export interface HeardCall {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly asked: string;
  readonly answered: string;
}

export interface HearCalls {
  /** What was answered since this was called last. */
  readonly take: () => readonly HeardCall[];
  /** When a request was last begun or answered, by `performance.now()`. */
  readonly lastAt: () => number;
  readonly stop: () => void;
}

const Started = z.object({
  request: z.instanceof(IncomingMessage),
  response: z.instanceof(ServerResponse),
});

const started = 'http.server.request.start';

/** Hears what a port of this process is asked, and what it answers. The local cloud listens in this process. */
export function hearCalls(port: number): HearCalls {
  let heard: HeardCall[] = [];
  let lastAt = performance.now();
  const hear = (message: unknown) => {
    const { request, response } = Started.parse(message);
    if (request.socket.localPort !== port) return;
    lastAt = performance.now();
    const asked = copied(request, 'push');
    const answered = copied(response, 'end');
    response.once('close', () => {
      lastAt = performance.now();
      const { method = '', url = '', headers } = request;
      heard.push({ method, path: url, headers, asked: textOf(asked), answered: textOf(answered) });
    });
  };
  subscribe(started, hear);
  return {
    take: () => {
      const before = heard;
      heard = [];
      return before;
    },
    lastAt: () => lastAt,
    stop: () => void unsubscribe(started, hear),
  };
}

/** Copies what passes through a method of a stream. Nobody who reads the stream notices. */
function copied(stream: IncomingMessage | ServerResponse, name: 'push' | 'end'): Buffer[] {
  const chunks: Buffer[] = [];
  const pass: unknown = Reflect.get(stream, name);
  if (typeof pass !== 'function') throw new Error(`A stream without ${name}`);
  Reflect.set(stream, name, (...rest: unknown[]): unknown => {
    const [chunk] = rest;
    if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    if (typeof chunk === 'string') chunks.push(Buffer.from(chunk));
    const result: unknown = Reflect.apply(pass, stream, rest);
    return result;
  });
  return chunks;
}

function textOf(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8');
}
