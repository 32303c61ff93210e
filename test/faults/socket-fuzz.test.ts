import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import * as z from 'zod';
import { startWeeloCloud, type WeeloCloud } from '../../bench/weelo-cloud.ts';
import { socketError } from '../../src/contract/socket/protocol.ts';
import { everythingKept } from '../support/engines/everything-kept.ts';
import { fuzzedFrames, type Frame } from '../support/fuzzed-frames.ts';
import { cancellationFor, openNotifyQueue } from '../support/notify-queue.ts';
import { connectSocket } from '../support/socket-client.ts';

/** `npm run test:long` sends ten thousand. */
const frames = Number(process.env['FRAMES'] ?? 1000);
const sockets = 20;
const seed = 20_261_129;

let cloud: WeeloCloud;
beforeAll(async () => {
  // Otherwise nearly all frames would only meet the limit.
  cloud = await startWeeloCloud(() => undefined, { variables: { WEELO_RATE_LIMITS: 'off' } });
});
afterAll(() => cloud.stop());

const Answer = z.object({
  event: z.string(),
  ref: z.string().optional(),
  data: z.record(z.string(), z.unknown()).optional(),
});

/** How often each of these was answered. */
const answers = new Map<string, number>();
const note = (what: string) => answers.set(what, (answers.get(what) ?? 0) + 1);

function check(text: string): void {
  const { event, data } = Answer.parse(JSON.parse(text));
  note(event);
  if (event === socketError.event) note(socketError.data.parse(data).code);
}

/** Bytes that are no frame may begin one, of which what follows is the rest. Then nothing is answered any more. */
const swallowedAfterMs = 5000;

/** Sends its share of the frames. If one of them closes the socket, it connects again. */
class Fuzzer {
  readonly #userId = randomUUID();
  #socket: WebSocket | undefined;
  /** Whether bytes that are no frame were sent on this socket. */
  #isDoubtful = false;
  readonly wrong: unknown[] = [];

  async send(all: readonly Frame[]): Promise<void> {
    for (const [i, frame] of all.entries()) {
      sendFrame(await this.#connected(), frame);
      this.#isDoubtful ||= 'raw' in frame;
      if (i % 10 === 9) await this.#untilAnswered();
    }
    await this.#untilAnswered();
    this.#socket?.terminate();
  }

  async #connected(): Promise<WebSocket> {
    if (this.#socket?.readyState === WebSocket.OPEN) return this.#socket;
    const token = await cloud.accessToken({ userId: this.#userId });
    const protocols = ['weelo.v1', `bearer.${token}`];
    const socket = new WebSocket(`${cloud.origin.replace('http', 'ws')}/ws`, protocols);
    socket.on('error', () => undefined);
    await once(socket, 'open');
    socket.on('message', (data: Buffer) => {
      try {
        check(data.toString());
      } catch (error) {
        this.wrong.push(error, data.toString());
      }
    });
    this.#socket = socket;
    this.#isDoubtful = false;
    return socket;
  }

  /** Until a ping is answered, or the socket is closed. */
  async #untilAnswered(): Promise<void> {
    const socket = await this.#connected();
    const ref = randomUUID();
    const { promise, resolve } = Promise.withResolvers<void>();
    const listen = (data: Buffer) => {
      if (data.toString().includes(ref)) resolve();
    };
    socket.on('message', listen).once('close', resolve);
    socket.send(JSON.stringify({ action: 'ping', ref }));
    const givenUp = this.#isDoubtful
      ? setTimeout(() => socket.terminate(), swallowedAfterMs)
      : undefined;
    await promise;
    clearTimeout(givenUp);
    socket.off('message', listen).off('close', resolve);
  }
}

function sendFrame(socket: WebSocket, frame: Frame): void {
  if ('binary' in frame) return socket.send(frame.binary);
  if ('raw' in frame) return streamOf(socket).write(frame.raw);
  if (!frame.inPieces) return socket.send(frame.text);
  const half = Math.floor(frame.text.length / 2);
  socket.send(frame.text.slice(0, half), { fin: false });
  socket.send(frame.text.slice(half), { fin: true });
}

/** What is below the socket: the library itself has no way to send bytes that are no frame. */
function streamOf(socket: WebSocket): { write(bytes: Uint8Array): void } {
  return Reflect.get(socket, '_socket') as { write(bytes: Uint8Array): void };
}

/** How many sockets the connections table knows. */
async function keptConnections(): Promise<number> {
  const database = cloud.processOf('orders').variables['DATABASE_NAME'] ?? '';
  const kept = await everythingKept(cloud.engines, database);
  return kept.filter(({ where }) => /^dynamodb .* connection$/.test(where)).length;
}

/** Somebody who only wants to be left alone. */
async function bystander(signal: AbortSignal) {
  const userId = randomUUID();
  const socket = await connectSocket(cloud.origin, await cloud.accessToken({ userId }));
  const pinging = (async () => {
    while (!signal.aborted) {
      expect(await socket.say('ping')).toMatchObject({ event: 'pong' });
      await pause(100);
    }
  })();
  return { userId, socket, pinging };
}

test(
  `${frames} random and mutated frames on ${sockets} sockets crash nothing and disturb nobody`,
  { timeout: 10 * 60_000 },
  async () => {
    const done = new AbortController();
    const { userId, socket, pinging } = await bystander(done.signal);
    const all = fuzzedFrames(frames, seed);
    const fuzzers = Array.from({ length: sockets }, () => new Fuzzer());
    await Promise.all(
      fuzzers.map((each, i) => each.send(all.filter((_, frame) => frame % sockets === i))),
    );
    done.abort();
    await pinging;

    expect(fuzzers.flatMap(({ wrong }) => wrong)).toEqual([]);
    expect(cloud.errorsOf('socket-message')).toBe(0);
    expect(answers.has('INTERNAL_ERROR')).toBe(false);
    for (const each of ['pong', 'resumed', 'VALIDATION_ERROR', 'UNKNOWN_ACTION']) {
      expect(answers.get(each), each).toBeGreaterThan(0);
    }

    const queue = openNotifyQueue(cloud);
    const event = cancellationFor([userId]);
    await queue.send(event);
    queue.close();
    expect(await socket.events('order_cancelled')).toMatchObject([{ id: event.id }]);
    expect(socket.heard.every(({ event: name }) => name !== 'error')).toBe(true);

    // Nothing is left of all those sockets.
    await vi.waitFor(() => expect(cloud.connectionIds()).toHaveLength(1), 20_000);
    await vi.waitFor(async () => expect(await keptConnections()).toBe(1), 20_000);
    socket.cut();
  },
);
