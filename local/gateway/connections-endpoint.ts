import type { IncomingMessage, ServerResponse } from 'node:http';
import { write } from './answer.ts';
import { type Connections, type ConnectionsOutcome, refused } from './connections.ts';
import type { GatewayLimits } from './limits.ts';
import { readBody } from './read-body.ts';
import { newId } from './request-context.ts';

export type HandleConnections = (
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<void>;

/**
 * The @connections API over HTTP, as the SDK's ApiGatewayManagementApi client speaks it. Who may call
 * is the caller's business.
 */
export function connectionsEndpoint(
  connections: Connections,
  stage: string,
  limits: GatewayLimits,
): HandleConnections {
  const answerTo = async (request: IncomingMessage): Promise<ConnectionsOutcome<unknown>> => {
    const id = connectionIdIn(request.url ?? '', stage);
    if (id === undefined) return refused(403, 'ForbiddenException', 'Forbidden');
    if (request.method === 'GET') return connections.get(id);
    if (request.method === 'DELETE') return connections.delete(id);
    if (request.method !== 'POST') return refused(403, 'ForbiddenException', 'Forbidden');
    const data = await readBody(request, limits.messageBytes);
    if (data === 'aborted') return refused(400, 'BadRequestException', 'The body ended early.');
    // One byte more than fits is enough for its refusal.
    const sent = data === 'too-large' ? Buffer.alloc(limits.messageBytes + 1) : data;
    return connections.post(id, sent);
  };
  return async (request, response) => {
    response.setHeader('x-amzn-requestid', newId());
    const outcome = await answerTo(request);
    if (outcome.ok) {
      const body = outcome.value === undefined ? '' : JSON.stringify(outcome.value);
      const status = request.method === 'DELETE' ? 204 : 200;
      write(response, { status, headers: new Map([['content-type', 'application/json']]), body });
      return;
    }
    const { status, errorType, message } = outcome.error;
    const headers = new Map([
      ['content-type', 'application/json'],
      ['x-amzn-errortype', errorType],
    ]);
    // What is gone has no words in the cloud either: its body is empty.
    write(response, { status, headers, body: message === '' ? '' : JSON.stringify({ message }) });
  };
}

/** `/{stage}/@connections/{id}`, with or without the stage, `@` and the id encoded or not. */
function connectionIdIn(url: string, stage: string): string | undefined {
  const [, before, id] =
    /^(?:\/([^/]+))?\/(?:@|%40)connections\/([^/?]+)(?:\?.*)?$/i.exec(url) ?? [];
  if (id === undefined || (before !== undefined && before !== stage)) return undefined;
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
