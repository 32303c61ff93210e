import type { OutgoingHttpHeaders } from 'node:http';
import type { Engine } from '../protocol/engine.ts';
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
export async function forward(
  request: PlayedRequest,
  engine: Pick<Engine, 'ask'>,
): Promise<PlayedResponse> {
  const { method, path, body } = request;
  const headers = ofAllHops(request.headers);
  const response = await engine.ask(path, { method, headers, body });
  return { ...response, headers: ofAllHops(response.headers) };
}

function ofAllHops(headers: OutgoingHttpHeaders): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !OF_THIS_HOP.has(name)) kept[name] = [value].flat().join(', ');
  }
  return kept;
}
