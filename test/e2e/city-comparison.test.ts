import { expect, test } from 'vitest';
import { compareCity } from '../../bench/city/comparison.ts';
import { countedOf } from '../../bench/city/wish.ts';

/**
 * `npm run test:long` lives for a minute, which is too short to judge by: it says that the stage lives through what the
 * simulator does. `npm run bench city` is the judge.
 */
const minutes = Number(process.env['CITY_MINUTES'] ?? 0);

test.runIf(minutes > 0)(
  `a city lives for ${minutes} min in a stage, and in the simulator`,
  { timeout: minutes * 60_000 + 840_000 },
  async () => {
    const wish = { city: 'nagpur', seed: 3, captains: 20, every: 6, minutes } as const;
    const { run, figures, draws } = await compareCity(wish, () => undefined);
    expect(run).toMatchObject({ orders: countedOf(wish), missing: 0, problems: [] });
    expect(draws).toBeGreaterThan(100);
    expect(run.times.offerSeconds).toBeGreaterThan(0);
    // Somebody is asked, and the search that finds nobody ends after a minute.
    expect(run.figures.offers).toBeGreaterThan(0);
    expect(run.figures.firstHold).toBeGreaterThan(0);
    expect(run.figures.firstHold).toBeLessThan(65);
    expect(figures.map(({ name }) => name).toSorted()).toEqual(Object.keys(run.figures).toSorted());
    for (const { predicted } of figures) expect(predicted.low).toBeLessThanOrEqual(predicted.high);
  },
);
