import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Stage } from './stage.ts';

const region = 'ap-south-1';

/**
 * Costs about 30 USD a month while nobody uses it: no proxy, a database that sleeps, endpoints in one zone, no alarms
 * (docs/decisions/0004-no-nat.md).
 */
const dev: Stage = {
  name: 'dev',
  region,
  tls: true,
  network: {
    kind: 'new',
    zones: ['ap-south-1a', 'ap-south-1b'],
    cidr: '10.40.0.0/16',
    endpointZones: 1,
  },
  database: {
    kind: 'new',
    minCapacity: 0,
    pauseAfterSeconds: 300,
    maxCapacity: 2,
    readers: 0,
    backupDays: 7,
  },
  cache: { kind: 'new', maxGigabytes: 1, maxUnitsPerSecond: 5_000, snapshotDays: 0 },
  proxy: false,
  removal: RemovalPolicy.DESTROY,
  protection: false,
  logRetention: RetentionDays.TWO_WEEKS,
  logLevel: 'DEBUG',
  requestsPerSecond: 200,
  searchesPerSecond: 7,
  heartbeatsPerSecond: 80,
  // A new AWS account may run only 10 functions at a time in total, and allows no reservation.
  accountConcurrency: 10,
  reservedConcurrency: {},
  queueConcurrency: 2,
  gradualReleases: false,
  walks: false,
  expectsOrders: false,
  alarms: false,
  corsOrigins: ['http://localhost:3000', 'http://127.0.0.1:3000'],
  placesSource: 'amazon-location',
  sms: { sender: 'WEELO' },
  codes: { perPrefix: 50, perAddress: 100, perDay: 1_000, keptShare: 0.5 },
};

/** Shaped like prod, and smaller: what is wrong with prod's proxy, alarms or reservations is wrong here first. */
const staging: Stage = {
  ...dev,
  name: 'staging',
  network: {
    kind: 'new',
    zones: ['ap-south-1a', 'ap-south-1b'],
    cidr: '10.40.0.0/16',
    endpointZones: 2,
  },
  database: { kind: 'new', minCapacity: 0.5, maxCapacity: 8, readers: 0, backupDays: 7 },
  cache: { kind: 'new', maxGigabytes: 1, maxUnitsPerSecond: 10_000, snapshotDays: 1 },
  proxy: true,
  logRetention: RetentionDays.ONE_MONTH,
  logLevel: 'INFO',
  accountConcurrency: 1_000,
  // Small, for prod may be in the same account. Every function on PostgreSQL is bounded, and no other is.
  reservedConcurrency: {
    system: 10,
    auth: 20,
    orders: 40,
    fleet: 30,
    trips: 40,
    'socket-message': 20,
    'socket-poll': 20,
    operate: 2,
  },
  queueConcurrency: 10,
  gradualReleases: true,
  walks: true,
  alarms: true,
  edge: { firewall: 'count', sends: 'first' },
  corsOrigins: [],
  sms: { sender: 'WEELO', monthlyUsd: 50 },
};

const prod: Stage = {
  name: 'prod',
  region,
  tls: true,
  network: {
    kind: 'new',
    zones: ['ap-south-1a', 'ap-south-1b', 'ap-south-1c'],
    cidr: '10.40.0.0/16',
    endpointZones: 3,
  },
  database: { kind: 'new', minCapacity: 2, maxCapacity: 32, readers: 1, backupDays: 35 },
  cache: { kind: 'new', maxGigabytes: 10, maxUnitsPerSecond: 100_000, snapshotDays: 7 },
  proxy: true,
  // Unlike RETAIN, this also cleans up after a failed first deployment. Otherwise its names would block the next one.
  removal: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  protection: true,
  logRetention: RetentionDays.THREE_MONTHS,
  logLevel: 'INFO',
  requestsPerSecond: 2_500,
  searchesPerSecond: 75,
  heartbeatsPerSecond: 2_000,
  accountConcurrency: 1_000,
  // A flood of one kind of request leaves the others their share, and operators theirs.
  reservedConcurrency: {
    system: 20,
    auth: 80,
    orders: 150,
    fleet: 100,
    trips: 150,
    'socket-message': 50,
    // docs/decisions/0032-polling.md
    'socket-poll': 60,
    operate: 5,
  },
  queueConcurrency: 50,
  gradualReleases: true,
  walks: true,
  // On, as soon as it has orders at night: docs/runbooks/no-orders.md
  expectsOrders: false,
  alarms: true,
  edge: { firewall: 'count', sends: 'first' },
  corsOrigins: [],
  placesSource: 'amazon-location',
  sms: { sender: 'WEELO', monthlyUsd: 3_000 },
  codes: { perPrefix: 500, perAddress: 1_000, perDay: 100_000, keptShare: 0.5 },
};

const { edge: _, ...stagingWithoutEdge } = staging;

/**
 * The stage that `npm start` runs. It is shaped like staging, but its stores use plain TCP, and it has neither alarms nor
 * an edge.
 */
const local: Stage = {
  ...stagingWithoutEdge,
  name: 'local',
  tls: false,
  logRetention: RetentionDays.TWO_WEEKS,
  requestsPerSecond: 10_000,
  searchesPerSecond: 10_000,
  heartbeatsPerSecond: 10_000,
  accountConcurrency: 500,
  reservedConcurrency: {},
  queueConcurrency: 50,
  gradualReleases: false,
  walks: false,
  alarms: false,
  corsOrigins: dev.corsOrigins,
  placesSource: 'built-in',
  // Nothing is refused here, because all requests come from one address and tests use many phones.
  codes: { perPrefix: 1_000_000, perAddress: 1_000_000, perDay: 1_000_000, keptShare: 0 },
  // Invented ids, so that it can be seen that they are passed on.
  sms: {
    sender: 'WEELO',
    dlt: {
      entityId: '1100000000000000001',
      templateIds: {
        login: '1107000000000000001',
        'driver-login': '1107000000000000002',
        'driver-onboarding': '1107000000000000003',
      },
    },
  },
};

const known = new Map([dev, staging, prod, local].map((each) => [each.name, each]));
/** The stages that a stage of your own can be like. */
const deployed = new Map([dev, staging, prod].map((each) => [each.name, each]));

/** The options of a stage on the command line, each as `-c <name>=<value>`. */
export interface StageChoices {
  /** The stage to copy for a stage of your own. Without it, an unknown stage name is refused. */
  readonly like?: string | undefined;
  /** `on` or `off`. Default: as the stage says. */
  readonly protection?: string | undefined;
  /** `on` or `off`. Default: as the stage says. */
  readonly gradualReleases?: string | undefined;
  /** The email address that alarms are sent to. Default: the environment variable `WEELO_ALARMS_TO`. */
  readonly alarmsTo?: string | undefined;
}

/** A variable of the operator's or the pipeline's environment. The address is a person's, so it is not in the code. */
const alarmsVariable = 'WEELO_ALARMS_TO';

/**
 * A known stage, or one of your own. A mistyped name must not create a new stage, because a stage costs money. Whether
 * its settings fit together is checked when its stacks are made (stage-rules.ts).
 */
export function stageNamed(
  name: string,
  choices: StageChoices = {},
  environment: Readonly<Record<string, string | undefined>> = {},
): Stage {
  const { like, protection, gradualReleases: gradual } = choices;
  const stage = known.get(name) ?? { ...stageToBeLike(like, name), name };
  if (like !== undefined && known.has(name)) {
    throw new Error(`The stage ${name} is like no other: leave out -c like=${like}`);
  }
  return {
    ...stage,
    ...(protection === undefined ? {} : { protection: isOn('protection', protection) }),
    ...(gradual === undefined ? {} : { gradualReleases: isOn('gradualReleases', gradual) }),
    ...addressFor(stage, choices, environment),
  };
}

function addressFor(
  { name, alarms }: Stage,
  { alarmsTo }: StageChoices,
  environment: Readonly<Record<string, string | undefined>>,
): Pick<Stage, 'alarmsTo'> {
  // A pipeline whose variable is not set has an empty one.
  const given = alarmsTo ?? (environment[alarmsVariable] || undefined);
  if (alarms) return given === undefined ? {} : { alarmsTo: given };
  if (alarmsTo === undefined) return {};
  throw new Error(
    `The stage ${name} has no alarms: leave out -c alarmsTo=${alarmsTo}, or set \`alarms: true\` in lib/parts/stages.ts`,
  );
}

function stageToBeLike(like: string | undefined, name: string): Stage {
  if (!/^[a-z][a-z0-9]{1,11}$/.test(name)) {
    throw new Error(
      `"${name}" cannot name a stage: 2 to 12 small letters and digits, a letter first`,
    );
  }
  if (like === undefined) {
    throw new Error(
      `There is no stage "${name}", only ${listOf(known, 'and')}. For a stage of your own, say which one it is like: -c stage=${name} -c like=dev`,
    );
  }
  const found = deployed.get(like);
  if (found) return found;
  throw new Error(`A stage of your own can be like ${listOf(deployed, 'or')}, not like "${like}"`);
}

function listOf(stages: ReadonlyMap<string, Stage>, type: 'and' | 'or'): string {
  const names = [...stages.keys()];
  return `${names.slice(0, -1).join(', ')} ${type} ${names.at(-1)}`;
}

function isOn(choice: string, value: string): boolean {
  if (value === 'on' || value === 'off') return value === 'on';
  throw new Error(`${choice} is on or off, not "${value}"`);
}
