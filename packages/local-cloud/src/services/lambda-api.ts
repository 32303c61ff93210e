import { randomUUID } from 'node:crypto';
import type { Functions } from '../lambda/functions.ts';
import type { InvokeResult } from '../lambda/invoke.ts';
import { errorIn } from '../protocol/wire-errors.ts';
import type { PlayedRequest, PlayedResponse, PlayedService } from '../protocol/played-service.ts';

const INVOCATIONS = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** Lambda's Invoke, by which one function calls another. */
export function playLambda(functions: Functions): PlayedService {
  return {
    signingName: 'lambda',
    wireFormat: 'rest-json',
    actionOf: ({ method, path }) =>
      method === 'POST' && INVOCATIONS.test(path) ? 'lambda:InvokeFunction' : undefined,
    resourcesOf: (request, { region, accountId }) => {
      const name = functionIn(request);
      if (name.startsWith('arn:')) return [name];
      return [`arn:aws:lambda:${region}:${accountId}:function:${name}`];
    },
    handle: (request) => invoke(request, functions),
  };
}

async function invoke(request: PlayedRequest, functions: Functions): Promise<PlayedResponse> {
  const name = functionIn(request);
  if (!functions.find(name)) {
    const message = `Function not found: ${name}`;
    return errorIn('rest-json', { status: 404, code: 'ResourceNotFoundException', message });
  }
  const event: unknown = request.body.length > 0 ? JSON.parse(request.body.toString()) : {};
  const kind = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
  if (kind === 'DryRun') return { status: 204 };
  if (kind === 'Event') {
    void functions.invokeLater(name, event);
    return { status: 202, headers: { 'x-amzn-requestid': randomUUID() } };
  }
  return replyWith(await functions.invoke(name, event));
}

function replyWith(result: InvokeResult): PlayedResponse {
  const headers = {
    'content-type': 'application/json',
    'x-amzn-requestid': randomUUID(),
    'x-amz-executed-version': '$LATEST',
  };
  if (result.ok) return { status: 200, headers, body: JSON.stringify(result.payload) ?? 'null' };
  const { reason, errorType, errorMessage } = result;
  if (reason === 'throttled') {
    return errorIn('rest-json', { status: 429, code: errorType, message: errorMessage });
  }
  return {
    status: 200,
    headers: { ...headers, 'x-amz-function-error': 'Unhandled' },
    body: JSON.stringify({ errorType, errorMessage }),
  };
}

function functionIn({ path }: PlayedRequest): string {
  return decodeURIComponent(INVOCATIONS.exec(path)?.[1] ?? '');
}
