import { Agent, type IncomingMessage, request as ask } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { PlayedRequest, PlayedResponse } from '../protocol/played-service.ts';

/** What belongs to one hop, or is told anew for the next. */
const OF_THIS_HOP = new Set([
  'host',
  'connection',
  'content-length',
  'keep-alive',
  'transfer-encoding',
  'expect',
]);

/** Every call of every function comes by here. `fetch` takes several times the processor time. */
const agent = new Agent({ keepAlive: true });

/** Sends a call on to the engine that serves it. */
export async function forward(request: PlayedRequest, engine: string): Promise<PlayedResponse> {
  const { method, body } = request;
  const headers = { ...ofAllHops(request.headers), 'content-length': String(body.length) };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const asked = ask(`${engine}${request.path}`, { method, headers, agent }, resolve);
  asked.on('error', reject).end(body);
  const response = await promise;
  return {
    status: response.statusCode ?? 500,
    headers: ofAllHops(response.headers),
    body: await buffer(response),
  };
}

function ofAllHops(headers: IncomingMessage['headers']): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !OF_THIS_HOP.has(name)) kept[name] = [value].flat().join(', ');
  }
  return kept;
}
