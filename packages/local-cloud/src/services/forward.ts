import type { PlayedRequest, PlayedResponse } from '../protocol/played-service.ts';

/** What belongs to one hop, or is told anew for the next. */
const OF_THIS_HOP = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'expect',
]);

/** Sends a call on to the engine that serves it. */
export async function forward(request: PlayedRequest, engine: string): Promise<PlayedResponse> {
  const headers = Object.entries(request.headers).filter(([name]) => !OF_THIS_HOP.has(name));
  const response = await fetch(`${engine}${request.path}`, {
    method: request.method,
    headers: Object.fromEntries(headers),
    body: new Uint8Array(request.body),
  });
  const kept = [...response.headers].filter(([name]) => !OF_THIS_HOP.has(name));
  return {
    status: response.status,
    headers: Object.fromEntries(kept.filter(([name]) => name !== 'content-encoding')),
    body: Buffer.from(await response.arrayBuffer()),
  };
}
