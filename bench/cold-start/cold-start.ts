import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { functionNames, functions, type FunctionName } from '../../src/contract/functions.ts';
import { median, type Benchmark, type Measured } from '../benchmark.ts';
import { startWeeloCloud, type WeeloCloud } from '../weelo-cloud.ts';
import { FirstCalls, type FirstCall, type Process } from './first-call.ts';
import { invocationsOf, speaking, type Invocation } from './invocations.ts';

const rounds = 11;
/** Multiples of an empty handler. */
const atMost = { withPostgres: 9, without: 5 } as const;

const empty: Process = {
  file: join(import.meta.dirname, 'empty.cjs'),
  exported: 'handler',
  variables: {},
};

export const coldStart: Benchmark = {
  name: 'cold-start',
  summary: 'From the start of a process to the end of its first call, per function',
  against: 'empty handler',
  run: async (say) => {
    const cloud = await startWeeloCloud(say);
    const cache = await mkdtemp(join(tmpdir(), 'weelo-compile-cache-'));
    const firstCalls = new FirstCalls();
    try {
      return await compare(cloud, firstCalls, cache, say);
    } finally {
      firstCalls.stop();
      await cloud.stop();
      await rm(cache, { recursive: true });
    }
  },
};

async function compare(
  cloud: WeeloCloud,
  firstCalls: FirstCalls,
  cache: string,
  say: (progress: string) => void,
): Promise<readonly Measured[]> {
  const tokens = {
    customer: await cloud.accessToken(),
    transporter: await cloud.accessToken({ role: 'transporter' }),
  };
  await cloud.letInOn(speaking);
  const invocations = async () => invocationsOf(tokens, await cloud.smsMessage());
  const events = await invocations();
  const cached = (name: FunctionName): Process => {
    const { variables, ...rest } = cloud.processOf(name);
    return { ...rest, variables: { ...variables, NODE_COMPILE_CACHE: cache } };
  };
  const runs = new Map<string, FirstCall[]>();
  const note = (what: string, call: FirstCall) => runs.set(what, [...(runs.get(what) ?? []), call]);

  // In turn, round by round: whatever else the machine does falls on all of them alike.
  for (let round = 0; round <= rounds; round++) {
    say(round === 0 ? 'warming up' : `round ${round} of ${rounds}`);
    const calls: [string, FirstCall][] = [['empty', await firstCalls.make(empty, {})]];
    for (const name of functionNames) {
      const first = async (of: Process) => {
        // What was done once is not done again: each call needs an event of its own.
        const asked = (await invocations())[name];
        return accepted(name, asked, await firstCalls.make(of, asked.event));
      };
      calls.push([name, await first(cloud.processOf(name))]);
      calls.push([`${name} cached`, await first(cached(name))]);
    }
    // The first round fills the operating system's caches, and the compile cache.
    if (round > 0) for (const [what, call] of calls) note(what, call);
  }

  return rowsOf(runs, events);
}

function rowsOf(
  runs: ReadonlyMap<string, readonly FirstCall[]>,
  events: Readonly<Record<FunctionName, Invocation>>,
): readonly Measured[] {
  const limit = medianOf(runs, 'empty', 'took');
  return functionNames.flatMap((name) => {
    const needsPostgres = functions[name].uses.some((each) => each.startsWith('postgres'));
    const bound = needsPostgres ? atMost.withPostgres : atMost.without;
    const row = (key: string, what: string): Measured => {
      const took = medianOf(runs, key, 'took');
      return { what, took, limit, ratio: took / limit, cpu: medianOf(runs, key, 'cpu') };
    };
    return [
      { ...row(name, `${name}: ${events[name].what}`), atMost: bound },
      row(`${name} cached`, '  with a shipped compile cache'),
    ];
  });
}

/** What a queue's function says of a batch that it worked off; others say nothing of the kind. */
const nothingFailed = z
  .object({ batchItemFailures: z.tuple([]).optional() })
  .optional()
  .nullable();

/** A call that failed, or was refused at the door, would be a fast one. */
function accepted(name: FunctionName, { status, throws }: Invocation, call: FirstCall): FirstCall {
  const { answer, error } = call;
  const told =
    typeof answer === 'object' && answer !== null && 'statusCode' in answer
      ? answer.statusCode
      : undefined;
  const failed = !nothingFailed.safeParse(answer).success;
  if ((error !== undefined) === (throws === true) && told === status && !failed) return call;
  throw new Error(`The first call of ${name} went wrong: ${error ?? JSON.stringify(answer)}`);
}

function medianOf(
  runs: ReadonlyMap<string, readonly FirstCall[]>,
  what: string,
  figure: 'took' | 'cpu',
): number {
  return median((runs.get(what) ?? []).map((call) => call[figure]));
}
