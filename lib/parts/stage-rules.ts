import type * as z from 'zod';
import { connectionsWanted, maxConnections, reservedInAll } from './connections.ts';
import { type Stage, StageSettings } from './stage.ts';
import { subnetZones } from './name-in-zones.ts';

/** What is wrong with a stage, in a sentence that says what to set. `undefined`: nothing. */
type Rule = (stage: Stage) => string | undefined;

const plainTcp: Rule = ({ name, tls }) =>
  tls || name === 'local'
    ? undefined
    : 'tls: set it to `true`. Plain TCP is for the stage `local` alone.';

const zonesOfRegion: Rule = ({ region, network }) => {
  const zones = subnetZones(network);
  const foreign = zones.filter((each) => each.slice(0, -1) !== region);
  if (foreign.length > 0) {
    return `network: ${foreign.join(' and ')} is not in the region ${region}. Name zones of that region, or another region.`;
  }
  return new Set(zones).size < 2
    ? `network: name two zones at least, such as ${region}a and ${region}b. PostgreSQL and Redis each need two.`
    : undefined;
};

const oneSubnetPerZone: Rule = ({ network }) => {
  const zones = subnetZones(network);
  return new Set(zones).size === zones.length
    ? undefined
    : 'network: each zone may be named once. An endpoint takes one subnet of each zone.';
};

const endpointsInZones: Rule = ({ network }) => {
  const endpoints = network.kind === 'new' ? network : network.endpoints;
  const zones = subnetZones(network).length;
  if (!('endpointZones' in endpoints) || endpoints.endpointZones <= zones) return undefined;
  return `network: endpointZones is ${endpoints.endpointZones}, but there are ${zones} zones. Set it to ${zones} or less.`;
};

const capacityRange: Rule = ({ database }) =>
  database.kind === 'new' && database.minCapacity > database.maxCapacity
    ? `database.maxCapacity: set it to ${database.minCapacity} at least, which is the minCapacity.`
    : undefined;

const sleep: Rule = ({ database, proxy }) => {
  if (database.kind !== 'new') return undefined;
  const { minCapacity, pauseAfterSeconds } = database;
  if (minCapacity > 0) {
    return pauseAfterSeconds === undefined
      ? undefined
      : 'database.pauseAfterSeconds: leave it out, or set minCapacity to 0. Only then does the database sleep.';
  }
  if (pauseAfterSeconds === undefined) {
    return 'database.pauseAfterSeconds: set it, to 300 for example, because minCapacity is 0.';
  }
  return proxy
    ? 'proxy: set it to `false`, or minCapacity to 0.5. The proxy is always connected, so the database would never sleep.'
    : undefined;
};

const ownerSecret: Rule = ({ database, region }) => {
  if (database.kind !== 'existing') return undefined;
  const complete = new RegExp(
    `^arn:aws:secretsmanager:${region}:\\d{12}:secret:.+-[A-Za-z0-9]{6}$`,
  );
  return complete.test(database.ownerSecretArn)
    ? undefined
    : `database.ownerSecretArn: set it to the whole ARN of a secret in ${region}, with the six characters at its end: arn:aws:secretsmanager:${region}:<account>:secret:<name>-<six characters>.`;
};

const knownConnections: Rule = ({ database }) =>
  database.kind === 'existing' && maxConnections(database) === undefined
    ? `database.maxConnections: set it to what \`SHOW max_connections\` says. It cannot be told from the class ${database.instanceClass}.`
    : undefined;

const redisUrl: Rule = ({ cache }) => {
  if (cache.kind !== 'existing') return undefined;
  const url = URL.canParse(cache.url) ? new URL(cache.url) : undefined;
  if (!url || !['redis:', 'rediss:'].includes(url.protocol) || url.port === '') {
    return 'cache.url: write it as rediss://<host>:<port> (TLS) or redis://<host>:<port> (plain).';
  }
  if (url.username !== '' || url.password !== '') {
    return 'cache.url: leave out user and password. The URL is an environment variable, which many may read. Let the security group decide who may connect.';
  }
  if (!/\.serverless\.[\w-]+\.cache\.amazonaws\.com$/.test(url.hostname)) return undefined;
  if (url.protocol === 'redis:') {
    return 'cache.url: write it with rediss://. ElastiCache Serverless speaks TLS alone.';
  }
  return cache.mode === 'cluster'
    ? undefined
    : 'cache.mode: set it to `cluster`. ElastiCache Serverless is a cluster.';
};

const alarmsAddress: Rule = ({ name, alarms, alarmsTo }) =>
  alarms && alarmsTo === undefined
    ? `alarmsTo: the stage ${name} has alarms, and nobody who gets them. Say who, with -c alarmsTo=<email> or in the environment variable WEELO_ALARMS_TO.`
    : undefined;

/** What AWS wants to be left for functions without a reservation. */
const leftUnreserved = 100;

const reservations: Rule = (stage) => {
  const reserved = reservedInAll(stage);
  const { accountConcurrency } = stage;
  if (reserved === 0 || accountConcurrency - reserved >= leftUnreserved) return undefined;
  const most = accountConcurrency - leftUnreserved;
  return most > 0
    ? `reservedConcurrency: it is ${reserved} in all. Set it to ${most} at most, because ${leftUnreserved} of the account's ${accountConcurrency} must stay unreserved.`
    : `reservedConcurrency: set it to {}. An account that may run ${accountConcurrency} functions allows no reservation. Or have the quota raised, and set accountConcurrency.`;
};

const reservedForQueues: Rule = ({ reservedConcurrency, queueConcurrency }) => {
  const { dispatch = queueConcurrency, notify = queueConcurrency } = reservedConcurrency;
  return Math.min(dispatch, notify) < queueConcurrency
    ? `reservedConcurrency: reserve ${queueConcurrency} for dispatch and notify each, or nothing. A queue starts as many as queueConcurrency says, and a message that finds no room loses one of its five tries.`
    : undefined;
};

const queuesLeaveRoom: Rule = ({ queueConcurrency, accountConcurrency }) =>
  2 * queueConcurrency < accountConcurrency
    ? undefined
    : `queueConcurrency: set it to ${Math.ceil(accountConcurrency / 2) - 1} at most. Two queues would otherwise use all ${accountConcurrency} that the account may run, and leave nothing for requests.`;

const fewEnoughConnections: Rule = (stage) => {
  const most = maxConnections(stage.database);
  const wanted = connectionsWanted(stage);
  if (most === undefined || wanted < 0.8 * most) return undefined;
  return `reservedConcurrency: the functions on PostgreSQL could open ${wanted} connections, and four fifths of the ${most} that the database allows are ${Math.floor(0.8 * most)}. Reserve less, for each of these functions, or take a larger database.`;
};

const domainOfEdge: Rule = ({ domain, edge }) =>
  domain && !edge
    ? 'domain: leave it out, or set edge. Without an edge, nothing answers under that name.'
    : undefined;

const rules: readonly Rule[] = [
  plainTcp,
  zonesOfRegion,
  oneSubnetPerZone,
  endpointsInZones,
  capacityRange,
  sleep,
  ownerSecret,
  knownConnections,
  redisUrl,
  alarmsAddress,
  reservations,
  reservedForQueues,
  queuesLeaveRoom,
  fewEnoughConnections,
  domainOfEdge,
];

/** Everything that is wrong with a stage's settings. Each sentence begins with the setting, and says what to set. */
export function complaintsAbout(stage: Stage): readonly string[] {
  const { success, error } = StageSettings.safeParse(stage, { error: demand });
  if (!success) return error.issues.map(inWords);
  return rules.flatMap((rule) => rule(stage) ?? []);
}

/** Throws if a stage cannot be deployed as it is configured. */
export function requireRightSettings(stage: Stage): void {
  const complaints = complaintsAbout(stage);
  if (complaints.length === 0) return;
  const list = complaints.map((each) => `- ${each}`).join('\n');
  throw new Error(
    `The stage ${stage.name} cannot be deployed as it is configured (lib/parts/stages.ts, docs/stages.md):\n${list}`,
  );
}

function inWords({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? `${message}.` : `${path.join('.')}: ${message}.`;
}

/** What a single setting must be, where the setting's own declaration says no more. */
function demand(issue: z.core.$ZodRawIssue): string | undefined {
  const missing = issue.input === undefined ? 'it is missing, and ' : '';
  switch (issue.code) {
    case 'invalid_type':
      return `${missing}it must be of the type ${issue.expected}`;
    case 'invalid_value':
      return `${missing}it must be ${issue.values.map(String).join(' or ')}`;
    case 'too_small':
      return `it must be ${issue.minimum} or more`;
    case 'too_big':
      return `it must be ${issue.maximum} or less`;
    case 'not_multiple_of':
      return `it must be a multiple of ${issue.divisor}`;
    case 'invalid_union':
      return 'its `kind` must be `new` or `existing`';
    case 'unrecognized_keys':
      return `there is no setting ${issue.keys.join(' or ')} here: leave it out`;
    // These say it in the setting's own declaration.
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_key':
    default:
      return undefined;
  }
}
