import { expect, test } from 'vitest';
import { soak } from '../../bench/soak/soak.ts';

/** `npm run test:long` lives for a minute; the hour is `npm run soak -- --minutes 60`. */
const minutes = Number(process.env['SOAK_MINUTES'] ?? 0);

test.runIf(minutes > 0)(
  `a city with customers lives for ${minutes} min, and every promise is kept`,
  { timeout: minutes * 60_000 + 240_000 },
  async () => {
    const said: string[] = [];
    const wish = { city: 'nagpur', seed: '2', captains: 20, every: 4, minutes };
    const isKept = await soak(wish, (line) => said.push(line));
    expect(isKept, said.join('\n')).toBe(true);
    expect(said.filter((line) => line.startsWith('kept')).length).toBeGreaterThan(10);
  },
);
