import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Stage } from './stage.ts';

export const region = 'ap-south-1';

const dev: Stage = {
  name: 'dev',
  tls: true,
  zones: ['ap-south-1a', 'ap-south-1b'],
  corsOrigins: ['http://localhost:3000', 'http://127.0.0.1:3000'],
  database: { minCapacity: 0.5, maxCapacity: 2, readers: 0, backupDays: 7 },
  cache: { maxGigabytes: 1, maxUnitsPerSecond: 5_000, snapshotDays: 0 },
  removal: RemovalPolicy.DESTROY,
  protection: false,
  logRetention: RetentionDays.TWO_WEEKS,
  logLevel: 'DEBUG',
  requestsPerSecond: 200,
  searchesPerSecond: 7,
  heartbeatsPerSecond: 80,
  // A new AWS account may run only 10 functions at a time in total.
  queueConcurrency: 2,
  alarms: true,
  placesSource: 'amazon-location',
  sms: { sender: 'WEELO' },
  codes: { perPrefix: 50, perAddress: 100, perDay: 1_000, keptShare: 0.5 },
};

const prod: Stage = {
  name: 'prod',
  tls: true,
  zones: ['ap-south-1a', 'ap-south-1b', 'ap-south-1c'],
  corsOrigins: [],
  database: { minCapacity: 2, maxCapacity: 32, readers: 1, backupDays: 35 },
  cache: { maxGigabytes: 10, maxUnitsPerSecond: 100_000, snapshotDays: 7 },
  // Unlike RETAIN, this also cleans up after a failed first deployment. Otherwise its names would block the next one.
  removal: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  protection: true,
  logRetention: RetentionDays.THREE_MONTHS,
  logLevel: 'INFO',
  requestsPerSecond: 2_500,
  searchesPerSecond: 75,
  heartbeatsPerSecond: 2_000,
  queueConcurrency: 50,
  alarms: true,
  placesSource: 'amazon-location',
  sms: { sender: 'WEELO' },
  codes: { perPrefix: 500, perAddress: 1_000, perDay: 100_000, keptShare: 0.5 },
};

/** The stage that `npm start` runs. Its stores use plain TCP, and it has no alarms. */
const local: Stage = {
  ...dev,
  name: 'local',
  tls: false,
  logLevel: 'INFO',
  requestsPerSecond: 10_000,
  searchesPerSecond: 10_000,
  heartbeatsPerSecond: 10_000,
  queueConcurrency: 50,
  alarms: false,
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

const known = new Map([dev, local, prod].map((each) => [each.name, each]));
/** The stages that a stage of your own can be like. */
const deployed = new Map([dev, prod].map((each) => [each.name, each]));

/** The options of a stage on the command line, each as `-c <name>=<value>`. */
export interface StageChoices {
  /** The stage to copy for a stage of your own. Without it, an unknown stage name is refused. */
  readonly like?: string | undefined;
  /** `on` or `off`. Default: as the stage says. */
  readonly protection?: string | undefined;
}

/** A known stage, or one of your own. A mistyped name must not create a new stage, because a stage costs money. */
export function stageNamed(name: string, { like, protection }: StageChoices = {}): Stage {
  const stage = known.get(name) ?? { ...stageToBeLike(like, name), name };
  if (like !== undefined && known.has(name)) {
    throw new Error(`The stage ${name} is like no other: leave out -c like=${like}`);
  }
  return protection === undefined ? stage : { ...stage, protection: isOn(protection) };
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

function isOn(protection: string): boolean {
  if (protection === 'on' || protection === 'off') return protection === 'on';
  throw new Error(`protection is on or off, not "${protection}"`);
}
