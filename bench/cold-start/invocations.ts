import type { FunctionName } from '../../src/contract/functions.ts';

/**
 * What each function is asked for the first time: a real call of its main route or event. Whoever gives a
 * function its first real work puts that here in place of the path or message that nobody knows.
 */
export function invocationsOf(accessToken: string): Readonly<Record<FunctionName, unknown>> {
  return {
    system: http('GET', '/health'),
    auth: http('ANY', '/unknown', '$default'),
    orders: http('ANY', '/unknown', '$default'),
    fleet: http('ANY', '/unknown', '$default'),
    trips: http('ANY', '/unknown', '$default'),
    places: http('ANY', '/unknown', '$default'),
    'socket-connect': {
      ...socket('$connect', 'CONNECT'),
      headers: { Authorization: `Bearer ${accessToken}` },
    },
    'socket-disconnect': socket('$disconnect', 'DISCONNECT'),
    'socket-message': { ...socket('$default', 'MESSAGE'), body: '{"action":"ping","ref":"r1"}' },
    dispatch: { Records: [] },
    notify: { Records: [] },
    reconcile: { 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} },
    migrate: deployment({ release: 'bench' }),
    keys: deployment({}),
    operate: { command: 'unknown', input: {} },
  };
}

/** Operators' commands are refused by throwing: without a command, that is operate's whole answer. */
export const refusesByThrowing: readonly FunctionName[] = ['operate'];

function http(method: string, path: string, routeKey = `${method} ${path}`): unknown {
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: '',
    headers: { accept: 'application/json' },
    requestContext: {
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'bench' },
      requestId: 'bench-request',
      routeKey,
      stage: '$default',
    },
    isBase64Encoded: false,
  };
}

function socket(routeKey: string, eventType: string) {
  return { requestContext: { routeKey, eventType, connectionId: 'bench', stage: 'ws' } };
}

function deployment(properties: Readonly<Record<string, string>>): unknown {
  return {
    RequestType: 'Update',
    PhysicalResourceId: 'bench',
    ResourceProperties: { ServiceToken: 'bench', ...properties },
  };
}
