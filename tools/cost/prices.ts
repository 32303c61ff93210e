/** One step of a price that falls with the amount of a month. */
interface Step {
  /** Amounts of a month up to this one cost this price. */
  readonly upTo: number;
  readonly usd: number;
}

export interface Price {
  readonly name: string;
  /** What one of it is. */
  readonly unit: string;
  /** In order. The last one has no end. */
  readonly steps: readonly Step[];
  /** Where the number was read. */
  readonly source: string;
}

const fromMemory = 'from memory, to be checked, 2026-11-30';
/** Nobody here could ask AWS itself. */
const listed = (usageType: string) =>
  `AWS Price List, usage type ${usageType}, as public repositories quote it`;

const cacheTable = `a price table in a public repository, by region; its magnitude ${fromMemory}`;

const flat = (name: string, unit: string, usd: number, source: string): Price => ({
  name,
  unit,
  steps: [{ upTo: Infinity, usd }],
  source,
});
const million = (usd: number) => usd / 1_000_000;

/**
 * List prices of ap-south-1 in USD, without taxes, free tiers and discounts. Nothing is asked over a network: whoever
 * changes a price here says where it was read.
 */
export const prices = {
  lambdaRequest: flat('Lambda requests', 'request', million(0.2), listed('APS3-Request')),
  lambdaTime: {
    name: 'Lambda time, x86',
    unit: 'GB-second',
    steps: [
      { upTo: 6e9, usd: 0.0000166667 },
      { upTo: 15e9, usd: 0.000015 },
      { upTo: Infinity, usd: 0.0000133334 },
    ],
    source: listed('APS3-Lambda-GB-Second'),
  },
  httpRequest: {
    name: 'HTTP API requests',
    unit: 'request',
    steps: [
      { upTo: 300e6, usd: million(1.05) },
      { upTo: Infinity, usd: million(0.95) },
    ],
    source: `${listed('APS3-ApiGatewayHttpRequest')}; above 300 million ${fromMemory}`,
  },
  socketMessage: {
    name: 'WebSocket messages',
    unit: 'message of up to 32 KB',
    steps: [
      { upTo: 1e9, usd: million(1.05) },
      { upTo: Infinity, usd: million(0.84) },
    ],
    source: fromMemory,
  },
  socketMinute: flat('WebSocket connections', 'minute', million(0.263), fromMemory),
  dataOut: {
    name: 'Data out to the internet',
    unit: 'GB',
    steps: [
      { upTo: 10_240, usd: 0.1093 },
      { upTo: 51_200, usd: 0.085 },
      { upTo: Infinity, usd: 0.082 },
    ],
    source: fromMemory,
  },
  queueRequest: flat('SQS requests', 'request', million(0.4), fromMemory),
  tableRead: flat('DynamoDB reads', 'read unit', million(0.1425), listed('APS3-ReadRequestUnits')),
  tableWrite: flat(
    'DynamoDB writes',
    'write unit',
    million(0.71),
    listed('APS3-WriteRequestUnits'),
  ),
  customEvent: flat('EventBridge events', 'event', million(1), fromMemory),
  sms: flat('SMS within India, with DLT', 'message', 0.00278, fromMemory),
  databaseCapacity: flat('Aurora Serverless v2', 'ACU-hour', 0.16, fromMemory),
  databaseStorage: flat('Aurora storage', 'GB-month', 0.11, fromMemory),
  databaseIo: flat('Aurora I/O', 'request', million(0.22), fromMemory),
  databaseBackup: flat('Aurora backups beyond the size', 'GB-month', 0.023, fromMemory),
  proxyCapacity: flat('RDS Proxy', 'ACU-hour', 0.018, fromMemory),
  endpointHour: flat('Interface endpoints', 'hour', 0.013, listed('APS3-VpcEndpoint-Hours')),
  endpointData: flat('Data through interface endpoints', 'GB', 0.01, fromMemory),
  cacheStorage: flat('ElastiCache Serverless for Valkey, data', 'GB-hour', 0.092, cacheTable),
  cacheUnit: flat('ElastiCache Serverless for Valkey, work', 'ECPU', million(0.00253), cacheTable),
  secret: flat('Secrets', 'secret', 0.4, fromMemory),
  alarm: flat('Alarms', 'metric of an alarm', 0.1, listed('APS3-CW:AlarmMonitorUsage')),
  dashboard: flat('Dashboards', 'dashboard', 3, fromMemory),
  customMetric: flat('Custom metrics', 'metric', 0.3, listed('APS3-CW:MetricMonitorUsage')),
  logIngestion: flat('Logs taken in', 'GB', 0.67, listed('APS3-DataProcessing-Bytes')),
  logStorage: flat('Logs kept', 'GB-month', 0.03, listed('APS3-TimedStorage-ByteHrs')),
  trace: flat('X-Ray traces', 'trace', million(5), fromMemory),
  key: flat('KMS keys', 'key', 1, listed('ap-south-1-KMS-Keys')),
  webAcl: flat('WAF web ACLs', 'ACL', 5, fromMemory),
  webAclRule: flat('WAF rules', 'rule', 1, fromMemory),
  webAclRequest: flat('WAF requests', 'request', million(0.6), fromMemory),
  edgeRequest: flat('CloudFront requests, HTTPS, India', 'request', million(1.2), fromMemory),
  edgeFunction: flat('CloudFront Functions', 'invocation', million(0.1), fromMemory),
  edgeDataOut: {
    name: 'Data out by CloudFront, India',
    unit: 'GB',
    steps: [
      { upTo: 10_240, usd: 0.109 },
      { upTo: 51_200, usd: 0.085 },
      { upTo: 153_600, usd: 0.082 },
      { upTo: Infinity, usd: 0.08 },
    ],
    source: fromMemory,
  },
  edgeDataIn: flat('Data from CloudFront to the APIs, India', 'GB', 0.16, fromMemory),
  edgeLogStorage: flat('Logs of the edge kept, S3', 'GB-month', 0.023, fromMemory),
  hostedZone: flat('Hosted zones', 'zone', 0.5, fromMemory),
} as const satisfies Record<string, Price>;

/** What an amount of a month costs. */
export function costOf({ steps }: Price, amount: number): number {
  let [from, usd] = [0, 0];
  for (const step of steps) {
    usd += Math.max(0, Math.min(amount, step.upTo) - from) * step.usd;
    from = step.upTo;
  }
  return usd;
}

/** An amount of something that has a price. */
export interface Charge {
  readonly price: Price;
  /** In a month. */
  readonly amount: number;
  /** How the amount comes about. */
  readonly why: string;
}
