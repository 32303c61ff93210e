import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { soak } from './soak.ts';

/**
 * `npm run soak -- --minutes 60 --captains 200 --every 2`: a city with customers lives in a stage of its own, and then
 * whatever was promised is checked, by the database and by what each client has heard. What it says is also written to a
 * file, line by line. Fails if something is broken, or nobody can explain it.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: process.env['SOAK_MINUTES'] ?? '60' },
    captains: { type: 'string', default: '200' },
    every: { type: 'string', default: '2' },
    city: { type: 'string', default: 'noida' },
    seed: { type: 'string', default: '1' },
    report: { type: 'string', default: join(import.meta.dirname, '../../.weelo/soak.txt') },
  },
});

const { minutes, captains, every, city, seed, report } = values;
const wish = { minutes: Number(minutes), captains: Number(captains), every: Number(every) };
mkdirSync(dirname(report), { recursive: true });
writeFileSync(report, '');
const say = (line: string) => {
  console.log(line);
  appendFileSync(report, `${new Date().toISOString()} ${line}\n`);
};

try {
  const isKept = await soak({ ...wish, city, seed }, say);
  say(isKept ? 'All promises are kept, and all is explained' : 'NOT all is kept and explained');
  process.exitCode = isKept ? 0 : 1;
} catch (error) {
  say(`The soak has ended early: ${error instanceof Error ? error.stack : String(error)}`);
  process.exitCode = 1;
}
console.log(`Written to ${report}`);
