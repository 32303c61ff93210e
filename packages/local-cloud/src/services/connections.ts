import { randomUUID } from 'node:crypto';
import type { Connections, ConnectionsOutcome } from '../gateway/connections.ts';
import { errorIn } from '../protocol/wire-errors.ts';
import type { PlayedRequest, PlayedResponse, PlayedService } from '../protocol/played-service.ts';

/** `/{stage}/@connections/{id}`, with the `@` encoded or not. */
const PATH = /^\/([^/]+)\/(?:@|%40)connections\/([^/]+)$/i;

const METHODS = new Set(['GET', 'POST', 'DELETE']);

export interface ConnectionsServiceProps {
  readonly apiId: string;
  readonly stage: string;
  /** Undefined until the gateway listens. */
  readonly connections: () => Connections | undefined;
}

/** The management API of a WebSocket API: posting to sockets, looking at them, closing them. */
export function playConnections({
  apiId,
  stage,
  connections,
}: ConnectionsServiceProps): PlayedService {
  return {
    signingName: 'execute-api',
    wireFormat: 'rest-json',
    actionOf: ({ method, path }) =>
      METHODS.has(method) && PATH.exec(path)?.[1] === stage
        ? 'execute-api:ManageConnections'
        : undefined,
    resourcesOf: ({ method, path }, { region, accountId }) => {
      const id = decodeURIComponent(PATH.exec(path)?.[2] ?? '');
      const arn = `arn:aws:execute-api:${region}:${accountId}:${apiId}`;
      return [`${arn}/${stage}/${method}/@connections/${id}`];
    },
    handle: async (request) => reply(request.method, outcomeOf(request, connections())),
  };
}

function outcomeOf(
  { method, path, body }: PlayedRequest,
  connections: Connections | undefined,
): ConnectionsOutcome<unknown> {
  const id = decodeURIComponent(PATH.exec(path)?.[2] ?? '');
  if (!connections) {
    const error = { status: 410, errorType: 'GoneException', message: '' } as const;
    return { ok: false, error };
  }
  if (method === 'POST') return connections.post(id, body);
  if (method === 'DELETE') return connections.delete(id);
  return connections.get(id);
}

function reply(method: string, outcome: ConnectionsOutcome<unknown>): PlayedResponse {
  if (!outcome.ok) {
    const { status, errorType: code, message } = outcome.error;
    return errorIn('rest-json', { status, code, message });
  }
  const headers = { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID() };
  const body = outcome.value === undefined ? '' : JSON.stringify(outcome.value);
  return { status: method === 'DELETE' ? 204 : 200, headers, body };
}
