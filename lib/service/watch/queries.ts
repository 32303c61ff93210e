import { functionNames } from '../../../src/contract/functions.ts';

/** A query that operators find in CloudWatch Logs Insights. Runbooks name it, so that its text stands here alone. */
export interface SavedQuery {
  readonly name: string;
  /** What its result says. */
  readonly says: string;
  /** The last parts of the names of the log groups that it reads. */
  readonly logs: readonly string[];
  /** Its lines. `<…>` is what the operator puts in. */
  readonly lines: readonly string[];
}

const everywhere = functionNames;

/** Those of the messages that operators have always searched for, and those that runbooks name. */
export const savedQueries: readonly SavedQuery[] = [
  {
    name: 'one-request',
    says: 'What one request has caused: in functions, over the queues, to the sockets',
    logs: everywhere,
    lines: [
      'fields @timestamp, service, message, operation, event, status, milliseconds, error.message',
      'filter requestId = "<request id>"',
      'sort @timestamp asc',
      'limit 1000',
    ],
  },
  {
    name: 'errors',
    says: 'What functions have logged as errors, the most frequent first',
    logs: everywhere,
    lines: [
      'filter level = "ERROR"',
      'stats count(*) as times, latest(requestId) as lastRequest by service, message, error.name, error.message',
      'sort times desc',
      'limit 50',
    ],
  },
  {
    name: 'crashes',
    says: 'Runs that timed out, ran out of memory or could not begin',
    logs: everywhere,
    lines: [
      'fields @timestamp, @log, @message',
      'filter @message like /Task timed out|Runtime\\.|Invocation failed/',
      'sort @timestamp desc',
      'limit 50',
    ],
  },
  {
    name: 'failed-requests',
    says: 'Which routes answer 5xx, and what API Gateway says of it',
    logs: ['http-access'],
    lines: [
      'filter status >= 500',
      'stats count(*) as failed by routeKey, status, integrationErrorMessage',
      'sort failed desc',
    ],
  },
  {
    name: 'busy-routes',
    says: 'How often each route is called, and how long it takes in milliseconds',
    logs: ['http-access'],
    lines: [
      'stats count(*) as calls, pct(responseLatency, 50) as p50, pct(responseLatency, 99) as p99 by routeKey',
      'sort calls desc',
      'limit 50',
    ],
  },
  {
    name: 'slow-requests',
    says: 'How long operations take in their function, in milliseconds, the slowest first',
    logs: ['auth', 'orders', 'fleet', 'trips', 'places', 'system'],
    lines: [
      'filter message = "Request answered"',
      'stats count(*) as requests, pct(milliseconds, 50) as p50, pct(milliseconds, 99) as p99 by operation',
      'sort p99 desc',
    ],
  },
  {
    name: 'failed-messages',
    says: 'Messages of queues that failed, and why',
    logs: ['dispatch', 'notify'],
    lines: [
      'filter message = "Message failed"',
      'stats count(*) as failed, latest(requestId) as request by messageId, error.message',
      'sort failed desc',
    ],
  },
  {
    name: 'failed-posts',
    says: 'Why posts to sockets fail',
    logs: ['notify'],
    lines: [
      'filter message = "A post failed" or message = "A socket was not reached"',
      'stats count(*) as failed by error',
      'sort failed desc',
    ],
  },
  {
    name: 'sms',
    says: 'What became of SMS, by template',
    logs: ['notify'],
    lines: [
      'filter message in ["SMS sent", "SMS refused for this phone", "SMS dropped, too old", "SMS was sent before"]',
      'stats count(*) as sms by message, template, reason',
      'sort sms desc',
    ],
  },
  {
    name: 'codes-by-address',
    says: 'Which addresses ask for codes',
    logs: ['auth', 'fleet'],
    lines: [
      'filter message = "Code sent"',
      'stats count(*) as codes by address',
      'sort codes desc',
      'limit 20',
    ],
  },
  {
    name: 'refused-codes',
    says: 'Who gets no more codes, and by which limit',
    logs: ['auth', 'fleet'],
    lines: [
      'filter message = "No more codes are sent for now"',
      'stats count(*) as refused by limit, prefix, address',
      'sort refused desc',
      'limit 20',
    ],
  },
  {
    name: 'waves',
    says: 'What the waves of searches found, in detail for one order with a filter by `orderId`',
    logs: ['dispatch'],
    lines: [
      'fields @timestamp, orderId, wave, verdicts.asked, requestId',
      'filter message = "Wave begun"',
      'sort @timestamp desc',
      'limit 200',
    ],
  },
  {
    name: 'socket-failures',
    says: 'Upgrades and messages that the WebSocket API could not hand over',
    logs: ['realtime-access'],
    lines: [
      'filter status >= 500',
      'stats count(*) as failed by routeKey, eventType, integrationErrorMessage',
      'sort failed desc',
    ],
  },
  {
    name: 'idempotency',
    says: 'How often retried requests are answered from memory',
    logs: ['orders'],
    lines: [
      'filter message in ["Idempotency key received", "Idempotency HIT", "Idempotency cached"]',
      'stats count(*) as times by message, operation',
      'sort times desc',
    ],
  },
  {
    name: 'locks',
    says: "Locks on customers' requests, and requests that met one",
    logs: ['orders'],
    lines: [
      'filter message in ["Lock acquired", "Lock released", "Concurrent order request blocked"]',
      'stats count(*) as times by message, bin(5m)',
      'sort times desc',
    ],
  },
  {
    name: 'cleanup-jobs',
    says: 'What each run of reconcile has repaired',
    logs: ['reconcile'],
    lines: [
      'fields @timestamp, repair, repaired, repairs, failed',
      'filter message = "CleanupJob" and (repaired > 0 or failed > 0)',
      'sort @timestamp desc',
      'limit 200',
    ],
  },
  {
    name: 'redis-connections',
    says: 'When functions connect to Redis, and lose it',
    logs: everywhere,
    lines: [
      'filter message in ["Redis connected", "Redis is away"]',
      'stats count(*) as times by message, service, bin(5m)',
      'sort times desc',
    ],
  },
  {
    name: 'active-orders',
    says: 'How often an active order is looked for, and found',
    logs: ['orders'],
    lines: [
      'filter message = "getActiveOrderByCustomer"',
      'stats count(*) as asked, count(found) as had by bin(5m)',
      'sort asked desc',
    ],
  },
];

/** Under this name it is in the console. A slash makes a folder there. */
export function fullNameOf({ name }: SavedQuery, stage: { readonly name: string }): string {
  return `weelo/${stage.name}/${name}`;
}

export function logGroupsOf({ logs }: SavedQuery, stage: { readonly name: string }) {
  return logs.map((log) => `/weelo/${stage.name}/${log}`);
}

export function queryNamed(name: string): SavedQuery {
  const found = savedQueries.find((each) => each.name === name);
  if (found) return found;
  throw new Error(`No query is called ${name}`);
}
