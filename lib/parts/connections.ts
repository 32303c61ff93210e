import { connectionsPerEnvironment } from '../../src/contract/environment.ts';
import {
  type FunctionDeclaration,
  type FunctionName,
  functionNames,
  functions,
} from '../../src/contract/functions.ts';
import type { Stage } from './stage.ts';

/** Aurora and RDS allow no more by themselves, however large they are. */
const mostByDefault = 5_000;
/** Aurora Serverless v2 allows no more if it may shrink to half a unit or to nothing. */
const mostIfTiny = 2_000;

/**
 * `max_connections` follows from the memory that is left to PostgreSQL. AWS lists 189, 823, 1669 and 3360 connections
 * for 1, 4, 8 and 16 capacity units of 2 GB. A line through these also fits what the small RDS instances allow.
 */
function connectionsIn(gigabytes: number): number {
  return Math.min(mostByDefault, Math.floor(105.7 * gigabytes - 22));
}

/** GB per vCPU, by the first letter of an instance's family. */
const perCpu: Readonly<Record<string, number>> = { c: 2, m: 4, r: 8, x: 16 };
/** GB of the burstable instances (family t), and vCPUs of the others. */
const burstable = ['micro', 'small', 'medium', 'large', 'xlarge', '2xlarge'];

function gigabytesOf(instanceClass: string): number | undefined {
  const [, family = '', size = ''] =
    /^db\.([a-z])[a-z]*\d+[a-z]*\.(\w+)$/.exec(instanceClass) ?? [];
  if (family === 't') {
    const index = burstable.indexOf(size);
    return index < 0 ? undefined : 2 ** index;
  }
  const each = perCpu[family];
  const [, times] = /^(\d*)xlarge$/.exec(size) ?? [];
  if (each === undefined) return undefined;
  if (size === 'large') return 2 * each;
  if (size === 'medium') return each;
  return times === undefined ? undefined : 4 * each * Number(times || 1);
}

/** How many connections the stage's database allows. `undefined`: its settings do not say. */
export function maxConnections(database: Stage['database']): number | undefined {
  if (database.kind === 'new') {
    const most = connectionsIn(2 * database.maxCapacity);
    return database.minCapacity < 1 ? Math.min(most, mostIfTiny) : most;
  }
  if (database.maxConnections !== undefined) return database.maxConnections;
  const gigabytes = gigabytesOf(database.instanceClass);
  return gigabytes === undefined ? undefined : connectionsIn(gigabytes);
}

const usesPostgres = (name: FunctionName): boolean =>
  new Set<string>(functions[name].uses).has('postgres');

/** How many environments of a function run at a time at most, apart from the account's quota. */
function mostOf(name: FunctionName, stage: Stage): number {
  const reserved = stage.reservedConcurrency[name];
  if (reserved !== undefined) return reserved;
  const { trigger }: FunctionDeclaration = functions[name];
  if (trigger === 'queue') return stage.queueConcurrency;
  // The schedule starts one at a time.
  return trigger === 'schedule' ? 1 : Number.POSITIVE_INFINITY;
}

export function reservedInAll({ reservedConcurrency }: Stage): number {
  return Object.values(reservedConcurrency).reduce((sum, each) => sum + each, 0);
}

/** How many connections the stage's functions can open if all of them run as often as they may. */
export function connectionsWanted(stage: Stage): number {
  const onPostgres = functionNames.filter(usesPostgres);
  const sum = (names: readonly FunctionName[]) =>
    names.reduce((total, name) => total + mostOf(name, stage), 0);
  const reserved = onPostgres.filter((name) => name in stage.reservedConcurrency);
  const others = onPostgres.filter((name) => !(name in stage.reservedConcurrency));
  const left = stage.accountConcurrency - reservedInAll(stage);
  // A deployment's migration has a connection of its own.
  return connectionsPerEnvironment * (sum(reserved) + Math.min(left, sum(others))) + 1;
}
