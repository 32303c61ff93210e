import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Benchmark, Measured } from '../benchmark.ts';
import { compareCity, type Compared } from './comparison.ts';
import { circumstances, comparisonTable, pageOf, titleOf } from './page.ts';
import type { CityWish } from './wish.ts';

/** So many captains and orders that two cores carry them and have time to spare: else the machine is measured. */
const wish: CityWish = { city: 'noida', seed: 1, captains: 100, every: 10, minutes: 10 };
const page = join(import.meta.dirname, '../../docs/model-and-reality.md');
/** What was promised to be within. The others say where to look, if it is not. */
const promised = new Set<Compared['name']>(['filled', 'firstHold']);

export const city: Benchmark = {
  name: 'city',
  summary: `${wish.minutes} minutes of a city in npm start, against the simulator's prediction; written to docs/model-and-reality.md`,
  against: 'predicted',
  run: async (say) => {
    const comparison = await compareCity(wish, say);
    console.log(`${comparisonTable(comparison)}\n\n${circumstances(comparison)}`);
    for (const problem of comparison.run.problems) console.log(`a request failed: ${problem}`);
    await writeFile(page, pageOf(comparison));
    const { missing } = comparison.run;
    return [
      ...comparison.figures.map(rowOf),
      {
        what: 'planned orders that were not placed',
        took: missing,
        limit: 0,
        ratio: missing,
        unit: '',
        atMost: 0,
      },
    ];
  },
};

/** The ratio is the distance from the middle of the interval, of the way to its end. */
function rowOf({ name, real, predicted, distance }: Compared): Measured {
  const { title, scale } = titleOf(name);
  return {
    what: title,
    took: real * scale,
    limit: predicted.mean * scale,
    ratio: distance,
    unit: '',
    ...(promised.has(name) && { atMost: 1 }),
  };
}
