import { assumed } from './assumptions.ts';
import {
  databaseSizeOf,
  hoursPerMonth,
  leastOfCacheGb,
  leastOfProxy,
  type Resources,
} from './template-prices.ts';
import { captainHoursOf, type Habits } from './journey.ts';
import { prices, type Charge } from './prices.ts';
import { memoriesOf } from './stages.ts';
import type { Usage } from './usage.ts';

const GB = 1e9;

/** What is billed of some usage in a month, the same for each of its runs. */
export function chargesOf(usage: Usage, runs: number, resources: Resources): readonly Charge[] {
  const memories = memoriesOf(resources);
  const charge = (price: Charge['price'], each: number, why: string): Charge => ({
    price,
    amount: each * runs,
    why,
  });
  const invocations = sum(Object.values(usage.invocations));
  const seconds = Object.entries(usage.invocations).map(([name, count]) => {
    const took = (usage.milliseconds[name] ?? 0) * assumed('lambdaRatio');
    const started = assumed('coldShare') * assumed('coldMs');
    return (count * (took + started) * (memories[name] ?? 1)) / 1000;
  });
  const spoken = usage.invocations['socket-message'] ?? 0;
  const logged = logBytesOf(usage, invocations);
  const polled = sum(['dispatch', 'notify'].map((name) => usage.invocations[name] ?? 0));
  const lookups = usage.requests * assumed('sessionLookups') * 0.5;
  return [
    charge(prices.lambdaRequest, invocations, 'invocations of all functions'),
    charge(prices.lambdaTime, sum(seconds), 'invocations × time × memory, and cold starts'),
    charge(prices.httpRequest, usage.requests, 'requests'),
    ...wayOut(usage, resources).map(({ price, amount, why }) => charge(price, amount, why)),
    charge(
      prices.socketMessage,
      usage.posts + 2 * spoken,
      'posts, what apps say, and answers to it',
    ),
    charge(
      prices.queueRequest,
      usage.queueRequests + 2 * polled,
      'sent by functions; received and deleted for each invocation from a queue',
    ),
    charge(prices.endpointData, usage.queueBytes / GB, 'messages to SQS'),
    charge(prices.tableRead, usage.dynamoReads + lookups, 'items read; sessions'),
    charge(prices.tableWrite, usage.dynamoWrites, 'items written'),
    charge(prices.customEvent, usage.domainEvents, 'domain events'),
    charge(prices.sms, usage.sms, 'login codes'),
    charge(prices.cacheUnit, usage.redisCommands, 'commands, those in scripts included'),
    charge(prices.databaseIo, usage.walBytes / assumed('ioBytes'), 'writes'),
    charge(prices.logIngestion, logged / GB, 'logs of functions, of Lambda, of the APIs'),
    charge(
      prices.logStorage,
      (logged / GB) * assumed('logMonths') * assumed('logPacked'),
      'compressed, as long as they are kept',
    ),
    charge(prices.trace, invocations * assumed('traceShare'), 'a share of the invocations'),
  ];
}

/** The resources of a stage whose clients call the APIs directly. */
export function withoutEdge(resources: Resources): Resources {
  return Object.fromEntries(
    Object.entries(resources).filter(([, { Type }]) => !/^AWS::(CloudFront|WAFv2)::/.test(Type)),
  );
}

/** How answers get to the clients: through the edge, if the stage has one, or directly. */
function wayOut(usage: Usage, resources: Resources): readonly Charge[] {
  const answered = usage.answerBytes + usage.requests * assumed('answerHeadBytes');
  const has = (type: string) => Object.values(resources).some(({ Type }) => Type === type);
  if (!has('AWS::CloudFront::Distribution')) {
    return [{ price: prices.dataOut, amount: answered / GB, why: 'answers, with their headers' }];
  }
  const { requests } = usage;
  const sent = requests * assumed('requestBytes');
  return [
    { price: prices.edgeRequest, amount: requests, why: 'requests' },
    { price: prices.edgeFunction, amount: requests, why: 'requests' },
    { price: prices.webAclRequest, amount: requests, why: 'requests' },
    { price: prices.edgeDataOut, amount: answered / GB, why: 'answers, with their headers' },
    { price: prices.edgeDataIn, amount: sent / GB, why: 'requests, with their headers' },
    {
      price: prices.edgeLogStorage,
      amount:
        ((requests * assumed('edgeLogBytes')) / GB) * assumed('logMonths') * assumed('logPacked'),
      why: 'its own log, compressed, as long as it is kept',
    },
  ];
}

function logBytesOf(usage: Usage, invocations: number): number {
  const line = assumed('logLineBytes');
  return (
    usage.logBytes +
    usage.logLines * line +
    invocations * (assumed('platformLogBytes') + 3 * line) +
    usage.requests * (assumed('accessLogBytes') + line)
  );
}

/** What stands or lies there because of the orders of a month, and beyond what the template has anyway. */
export function standingCharges(
  { usage, habits, orders }: { usage: Usage; habits: Habits; orders: number },
  resources: Resources,
): readonly Charge[] {
  const stored = orders * assumed('orderMonths') * (assumed('orderBytes') / GB);
  const online = (orders * captainHoursOf(habits)) / hoursPerMonth;
  const cached = Math.max(0, (online * assumed('captainBytes')) / GB - leastOfCacheGb);
  const minutes = captainHoursOf(habits) * 60 + habits.customerMinutes;
  return [
    { price: prices.socketMinute, amount: orders * minutes, why: 'open sockets' },
    ...databaseCharges(capacityFor(usage, orders), resources),
    { price: prices.databaseStorage, amount: stored, why: 'orders of a year' },
    { price: prices.databaseBackup, amount: stored * assumed('backupShare'), why: 'backups' },
    {
      price: prices.cacheStorage,
      amount: cached * hoursPerMonth,
      why: `captains online, beyond ${leastOfCacheGb} GB`,
    },
    { price: prices.customMetric, amount: assumed('customMetrics'), why: 'while they are told' },
  ];
}

/** The ACUs that the orders of a month keep busy on average. */
export function capacityFor({ transactions }: Usage, orders: number): number {
  const busySeconds = (orders * transactions * assumed('transactionMs')) / 1000;
  const cores = busySeconds / (hoursPerMonth * 3600) / assumed('databaseLoad');
  return cores / assumed('coresPerAcu');
}

/** A reader is as large as the writer, so that it can take its place. */
function databaseCharges(capacity: number, resources: Resources): readonly Charge[] {
  const all = Object.values(resources);
  const { least = 0, instances = 1 } = databaseSizeOf(all) ?? {};
  const grown = Math.max(0, capacity - least) * instances;
  const hasProxy = all.some(({ Type }) => Type === 'AWS::RDS::DBProxy');
  const proxied = Math.max(
    0,
    least * instances + grown - Math.max(leastOfProxy, least * instances),
  );
  return [
    {
      price: prices.databaseCapacity,
      amount: grown * hoursPerMonth,
      why: 'what the load needs beyond the least size',
    },
    {
      price: prices.proxyCapacity,
      amount: hasProxy ? proxied * hoursPerMonth : 0,
      why: 'what the load needs beyond the least size',
    },
  ];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
