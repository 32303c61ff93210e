import type { WeeloCloud } from '../../../bench/weelo-cloud.ts';
import { functionNames, type FunctionName } from '../../../src/contract/functions.ts';
import type { Usage } from '../usage.ts';
import { ofCalls, ofGateway, signatureOf, table } from './billed-calls.ts';
import { hearCalls, type HeardCall } from './heard-calls.ts';
import { database, redisNodes } from './store-meters.ts';

/** PostgreSQL's sessions tell their transactions ten seconds after they have fallen silent. */
const TOLD_WITHIN_MS = 11_000;
/** Runs every two minutes by itself, whatever is measured meanwhile. */
const BACKGROUND: FunctionName = 'reconcile';

export interface Meters {
  /**
   * What a piece of work used, and all that followed from it. `thorough`: waits until PostgreSQL has told of its
   * transactions; otherwise there are none.
   */
  readonly usageOf: (work: () => Promise<unknown>, options?: MeterOptions) => Promise<Usage>;
  readonly stop: () => Promise<void>;
}

interface MeterOptions {
  readonly thorough?: boolean;
  /** Milliseconds without a call after which a piece of work is taken for done. */
  readonly quietMs?: number;
  /** The functions that are measured. Default: all but the schedule's. */
  readonly functions?: readonly FunctionName[];
}

interface Readings {
  readonly invocations: Readonly<Record<string, number>>;
  readonly totalMs: Readonly<Record<string, number>>;
  readonly redisCommands: number;
  readonly transactions: number;
  readonly walBytes: number;
  readonly logBytes: number;
  readonly logLines: number;
}

/** Reads all meters of a running cloud. */
export async function metersOf(cloud: WeeloCloud): Promise<Meters> {
  const endpoint = cloud.processOf('auth').variables['AWS_ENDPOINT_URL'] ?? '';
  const callers = new Map(functionNames.map((name) => [keyOf(cloud, name), name]));
  const aws = hearCalls(Number(new URL(endpoint).port));
  const http = hearCalls(Number(new URL(cloud.origin).port));
  const redis = await redisNodes(cloud);
  const postgres = await database(cloud);

  const read = async (names: readonly FunctionName[]): Promise<Readings> => {
    const logs = names.flatMap((name) => cloud.logOf(name));
    return {
      invocations: table(names, (name) => cloud.invocationsOf(name)),
      totalMs: table(names, (name) => cloud.invocationsOf(name) * cloud.millisecondsOf(name)),
      redisCommands: await redis.commands(),
      ...(await postgres.read()),
      logBytes: logs.reduce((sum, line) => sum + Buffer.byteLength(line), 0),
      logLines: logs.length,
    };
  };
  return {
    usageOf: async (work, { thorough = false, quietMs = 2_500, functions } = {}) => {
      const names = functions ?? functionNames.filter((name) => name !== BACKGROUND);
      const before = await read(names);
      aws.take();
      http.take();
      await work();
      const done = performance.now();
      const lastAt = () => Math.max(done, aws.lastAt(), http.lastAt());
      while (performance.now() - lastAt() < quietMs) await pause(50);
      if (thorough) await pause(TOLD_WITHIN_MS);
      const after = await read(names);
      const mine = aws.take().filter((call) => names.includes(callerOf(call, callers)));
      const { transactions, ...rest } = difference(before, after);
      return {
        ...rest,
        // Reading the meter is a transaction itself.
        transactions: thorough ? Math.max(0, transactions - 1) : 0,
        ...ofGateway(http.take()),
        ...ofCalls(mine),
      };
    },
    stop: async () => {
      aws.stop();
      http.stop();
      redis.stop();
      await postgres.stop();
    },
  };
}

function difference(before: Readings, after: Readings) {
  const grown = (name: 'redisCommands' | 'transactions' | 'walBytes' | 'logBytes' | 'logLines') =>
    after[name] - before[name];
  const ran = Object.entries(after.invocations).flatMap(([name, count]) => {
    const times = count - (before.invocations[name] ?? 0);
    const spent = (after.totalMs[name] ?? 0) - (before.totalMs[name] ?? 0);
    return times > 0 ? [{ name, times, milliseconds: Math.max(0, spent / times) }] : [];
  });
  return {
    invocations: Object.fromEntries(ran.map(({ name, times }) => [name, times])),
    milliseconds: Object.fromEntries(ran.map(({ name, milliseconds }) => [name, milliseconds])),
    redisCommands: grown('redisCommands'),
    transactions: grown('transactions'),
    walBytes: grown('walBytes'),
    logBytes: grown('logBytes'),
    logLines: grown('logLines'),
  };
}

/** A call to a host that is not AWS has the function's name in its path, and is notify's alone. */
function callerOf(call: HeardCall, callers: ReadonlyMap<string, FunctionName>): FunctionName {
  return callers.get(signatureOf(call)?.[1] ?? '') ?? 'notify';
}

function keyOf(cloud: WeeloCloud, name: FunctionName): string {
  return cloud.processOf(name).variables['AWS_ACCESS_KEY_ID'] ?? name;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
