import type { IncomingHttpHeaders } from 'node:http';
import { exchange } from '../protocol/exchange.ts';
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

/** Sends a call on to the engine that serves it. */
export async function forward(request: PlayedRequest, engine: string): Promise<PlayedResponse> {
  const { method, path, body } = request;
  const headers = ofAllHops(request.headers);
  const response = await exchange(`${engine}${path}`, { method, headers, body });
  return { ...response, headers: ofAllHops(response.headers) };
}

function ofAllHops(headers: IncomingHttpHeaders): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !OF_THIS_HOP.has(name)) kept[name] = [value].flat().join(', ');
  }
  return kept;
}
