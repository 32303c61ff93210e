import type { FunctionName } from '../../src/contract/functions.ts';

export interface Invocation {
  /** As the table shows it. */
  readonly what: string;
  readonly event: unknown;
  /** The status of the answer; anything else is no measurement. */
  readonly status?: number;
  /** Operators' commands are refused by throwing. */
  readonly throws?: true;
}

/**
 * What each function is asked for the first time: a real call of its main route or event. A function that has
 * nothing to do yet is given an empty batch; whoever gives it its first real work puts that here (a test says so where
 * it was forgotten).
 */
export function invocationsOf(
  tokens: { readonly customer: string; readonly transporter: string },
  smsMessage: object,
): Readonly<Record<FunctionName, Invocation>> {
  const customer = { authorization: `Bearer ${tokens.customer}` };
  const transporter = { authorization: `Bearer ${tokens.transporter}` };
  return {
    system: http('GET', '/health', 200),
    auth: http('GET', '/api/v1/profile', 200, 'GET /api/v1/profile', {
      headers: customer,
    }),
    orders: http('GET', '/api/v1/orders/check-active', 200, 'GET /api/v1/orders/check-active', {
      headers: customer,
    }),
    fleet: http('GET', '/api/v1/vehicles/list', 200, 'GET /api/v1/vehicles/list', {
      headers: transporter,
    }),
    trips: http('GET', '/api/v1/tracking/fleet', 200, 'GET /api/v1/tracking/fleet', {
      headers: transporter,
    }),
    places: http('GET', '/api/v1/vehicles/types', 200),
    'socket-connect': {
      what: 'an upgrade with a token',
      event: {
        ...socket('$connect', 'CONNECT'),
        headers: { Authorization: customer.authorization },
      },
      status: 200,
    },
    notify: { what: 'an SMS', event: batch(smsMessage) },
    ...ofNobody(),
  };
}

/** The first calls in which nobody has to be known. */
function ofNobody() {
  return {
    'socket-disconnect': {
      what: 'a socket that closed',
      event: socket('$disconnect', 'DISCONNECT'),
      status: 200,
    },
    'socket-message': {
      what: 'ping',
      event: {
        ...socket('$default', 'MESSAGE', speaking),
        body: '{"action":"ping","ref":"r1"}',
      },
      status: 200,
    },
    'socket-poll': http('GET', '/socket.io/', 200, 'GET /socket.io/{proxy+}', {
      queryStringParameters: { EIO: '4', transport: 'polling' },
    }),
    dispatch: {
      what: 'a deadline of nobody',
      event: batch({ kind: 'search-deadline', orderId: '01900000-0000-7000-8000-0000000000ff' }),
    },
    reconcile: {
      what: 'its schedule',
      event: { 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} },
    },
    canary: {
      what: 'a walk as far as the API',
      event: { 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} },
    },
    migrate: { what: 'a database that is up to date', event: deployment({ release: 'bench' }) },
    keys: { what: 'keys that are there', event: deployment({}) },
    operate: {
      what: 'the sessions of nobody',
      event: { command: 'end-sessions', input: { phone: '6000000000', role: 'driver' } },
      throws: true,
    },
  } as const;
}

function batch(message: object): unknown {
  return {
    Records: [{ messageId: 'bench', eventSource: 'aws:sqs', body: JSON.stringify(message) }],
  };
}

function http(
  method: string,
  path: string,
  status: number,
  routeKey = `${method} ${path}`,
  also: object = {},
): Invocation {
  const event = {
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
    ...also,
  };
  return { what: `${method} ${path}`, event, status };
}

/** A connection that somebody is let in on before anything is measured. */
export const speaking = 'bench-speaking';

function socket(routeKey: string, eventType: string, connectionId = 'bench') {
  return { requestContext: { routeKey, eventType, connectionId, stage: 'ws' } };
}

function deployment(properties: Readonly<Record<string, string>>): unknown {
  return {
    RequestType: 'Update',
    PhysicalResourceId: 'bench',
    ResourceProperties: { ServiceToken: 'bench', ...properties },
  };
}
