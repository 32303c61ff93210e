import { cpus } from 'node:os';
import { expect, test } from 'vitest';
import { startWeeloCloud } from '../../bench/weelo-cloud.ts';
import { excessesOf } from '../../tools/cost/compare.ts';
import { readMeasured, writeMeasured } from '../../tools/cost/files.ts';
import { measuredOnce, middleOfAll, type Thoroughness } from '../../tools/cost/measure/measure.ts';
import { resourcesOf } from '../../tools/cost/stages.ts';

/** `npm run cost:measure` says how often; it is the one who writes down what is measured. */
const runs = Number(process.env['COST_RUNS'] ?? 0);

async function measuredAnew(how: Thoroughness) {
  const cloud = await startWeeloCloud(() => undefined);
  try {
    return await measuredOnce(cloud, how);
  } finally {
    await cloud.stop();
  }
}

/** `npm run test:long` does: it takes longer than a minute. */
const compares = process.env['COMPARE_COST'] !== undefined;

test.runIf(compares && runs === 0)(
  'an order uses no more than was measured. If this is meant: npm run cost:measure, then npm run cost -- --accept',
  async () => {
    const measured = await readMeasured();
    const counted = await measuredAnew('quick');
    expect(excessesOf(counted, { measured, resources: resourcesOf('prod') })).toEqual([]);
  },
  600_000,
);

test.runIf(runs > 0)(
  'what an order uses is measured, and written down',
  async () => {
    const all = [];
    for (let run = 0; run < runs; run += 1) all.push(await measuredAnew('thorough'));
    const { length: cores, 0: cpu } = cpus();
    const machine = `${cores} cores of ${cpu?.model.trim() ?? 'an unknown kind'}`;
    await writeMeasured({
      about: `Counts are the middle of ${runs} runs, to two digits; durations are the shortest of them, rounded up coarsely, on ${machine}.`,
      parts: middleOfAll(all),
    });
  },
  runs * 900_000,
);
