import { drivingSpeed } from '../../city/live/captains/motion.ts';
import { loadingMs, unloadingMs } from '../../city/live/captains/trip.ts';
import { tableText, written } from '../dispatch-quality/figure-texts.ts';
import type { Compared, Comparison } from './comparison.ts';

const titles: Readonly<
  Record<
    Compared['name'],
    { readonly title: string; readonly scale: number; readonly digits: number }
  >
> = {
  filled: { title: 'trucks filled, %', scale: 100, digits: 1 },
  firstHold: { title: 'first hold, s', scale: 1, digits: 1 },
  held: { title: 'orders that somebody held, %', scale: 100, digits: 1 },
  offers: { title: 'offers per order', scale: 1, digits: 1 },
  uncrewed: { title: 'trucks without a crew, %', scale: 100, digits: 1 },
};

export const titleOf = (name: Compared['name']) => titles[name];

export function comparisonTable({ figures }: Comparison): string {
  return tableText(
    ['', '`npm start`', 'the simulator, mean', '95 % of its runs', 'within'],
    figures.map(({ name, real, predicted: { mean, low, high }, distance }) => {
      const { title, scale, digits } = titles[name];
      const text = (value: number) => written(value * scale, digits);
      const within = distance <= 1 ? 'yes' : '**no**';
      return [title, text(real), text(mean), `${text(low)} to ${text(high)}`, within];
    }),
  );
}

/** What a reader has to know of the run. */
export function circumstances({ wish, run, draws }: Comparison): string {
  const { city, seed, captains, every, minutes } = wish;
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  return `${city}, seed ${seed}, ${captains} captains, an order every ${every} s; the orders of ${minutes} min: ${run.orders}, for
${run.trucks} trucks; ${run.missing} of the planned orders were not placed, ${run.problems.length} requests failed. It began on
${run.times.beganAt.toISOString()}. An offer was on the phone ${run.times.offerSeconds.toFixed(2)} s after its wave was due (the median). The
machine's processors were idle for ${percent(run.idle)} of the time, its load was ${run.load.toFixed(1)}. The simulator lived through ${draws} runs.`;
}

export const pageOf = (comparison: Comparison): string => `# The simulator and the running system

\`npm run bench city\` writes this page. A city with customers lives in \`npm start\`, through the public API, and the
simulator lives through the same: the same captains, homes, trucks and orders, at the same time of day, by the same
parameters (\`city/world\`). What differs from run to run is how people answer. So the simulator lives through many runs, and
says between which values 95 % of them lie. One run of the real system belongs there.

${comparisonTable(comparison)}

${circumstances(comparison)}

## What the simulator is told of the stage

A stage's city is not a working day ([city](city.md)). The simulator takes each of these as it is there, and nothing is fitted:

- all captains are online, at any time of day, and have had nothing to do since the beginning;
- trucks drive straight, at ${drivingSpeed} m/s, load for ${loadingMs / 1000} s and unload for ${unloadingMs / 1000} s; after a trip, or when they are let go, they drive home,
  and are free on the way; a driver who gives up turns round where it is;
- orders come at an even pace, in the sequence of the day, and the clock is that of the run: lunch, evening and the losses of
  the network are those of its time of day;
- a customer who offers less than the least for a truck pays the quote, for the API refuses less;
- an offer is on the phone some time after its wave is due. That is measured in the run.

## What the figures mean

*Trucks filled* and *first hold* are those of [how good dispatch is](dispatch-quality.md): of the trucks wanted, those that
came to the pickup; and seconds from the order to the first truck that somebody holds, the median of all orders, an order
without a hold counting with the time that it waited. *Trucks without a crew*: nobody ever put a vehicle and a driver on it.
Orders that come later than the ${comparison.wish.minutes} minutes compete for trucks and are not counted. What the interval does not hold is the
chance of the world itself: captains and orders are the same in all runs.
`;
