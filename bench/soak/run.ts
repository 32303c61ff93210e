import { parseArgs } from 'node:util';
import { soak } from './soak.ts';

/**
 * `npm run soak -- --minutes 60 --captains 200 --every 2`: a city with customers lives in a stage of its own, and then
 * whatever was promised is checked, by the database and by what each client has heard. Fails if something is broken.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    captains: { type: 'string', default: '200' },
    every: { type: 'string', default: '2' },
    city: { type: 'string', default: 'noida' },
    seed: { type: 'string', default: '1' },
  },
});

const { minutes, captains, every, city, seed } = values;
const isKept = await soak(
  { minutes: Number(minutes), captains: Number(captains), every: Number(every), city, seed },
  (line) => console.log(line),
);
process.exitCode = isKept ? 0 : 1;
