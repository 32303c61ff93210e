import type { Outcome } from './experiments.ts';
import { meanText, tableText } from './figure-texts.ts';

const percent = { scale: 100, digits: 1 };

/** What was promised of dispatch, and what it reached on the usual days. */
function targetsOf(usualDays: Outcome) {
  const sooner = usualDays.shareOf('exclusive', 'firstHold');
  const offers = usualDays.shareOf('everybody', 'offers');
  const optimum = usualDays.ofOptimum('ours');
  const lottery = usualDays.beyondOurs('lottery', 'gini');
  const gini = { mean: -lottery.mean, half: lottery.half };
  return [
    {
      what: 'time to the first hold, of what the nearest one alone takes',
      target: 'at most 70 %',
      reached: `${meanText(sooner, percent)} %`,
      isReached: sooner.mean + sooner.half <= 0.7,
    },
    {
      what: 'offers per filled truck, of what everybody at once takes',
      target: 'at most 50 %',
      reached: `${meanText(offers, percent)} %`,
      isReached: offers.mean + offers.half <= 0.5,
    },
    {
      what: "trucks filled, of the optimum's",
      target: 'at least 90 %',
      reached: `${meanText(optimum, percent)} %`,
      isReached: optimum.mean - optimum.half >= 0.9,
    },
    {
      what: "Gini of owners, beyond the lottery's",
      target: 'at most 0.050',
      reached: meanText(gini, { scale: 1, digits: 3 }),
      isReached: gini.mean + gini.half <= 0.05,
    },
  ];
}

export function targetsTable(usualDays: Outcome): string {
  return tableText(
    ['', 'target', 'reached', ''],
    targetsOf(usualDays).map(({ what, target, reached, isReached }) => [
      what,
      target,
      reached,
      isReached ? 'yes' : '**no**',
    ]),
  );
}
