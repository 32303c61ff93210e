import { expect, test } from 'vitest';
import { soak } from '../../bench/soak/soak.ts';

test(
  'a city with customers lives for half a minute, and every promise is kept',
  { timeout: 300_000 },
  async () => {
    const said: string[] = [];
    const wish = { city: 'nagpur', seed: '2', captains: 16, every: 4, minutes: 0.5 };
    const isKept = await soak(wish, (line) => said.push(line));
    expect(isKept, said.join('\n')).toBe(true);
    expect(said.filter((line) => line.startsWith('kept')).length).toBeGreaterThan(10);
  },
);
