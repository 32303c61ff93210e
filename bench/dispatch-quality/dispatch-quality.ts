import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Benchmark, Measured } from '../benchmark.ts';
import {
  again,
  attempts,
  base,
  cities,
  otherAnswers,
  outcomesOf,
  sweep,
  type Outcome,
} from './experiments.ts';
import type { compared } from './figure-texts.ts';
import { hashOfInputs } from './inputs-hash.ts';
import { inWorkers } from './many-days.ts';
import { pageOf } from './page.ts';
import { daysThatDiffer, figuresThatDiffer } from './same-twice.ts';

const seeds = 30;
const page = join(import.meta.dirname, '../../docs/dispatch-quality.md');

export const dispatchQuality: Benchmark = {
  name: 'dispatch-quality',
  summary: `Dispatch in a simulated city, against other policies, over ${seeds} days; written to docs/dispatch-quality.md`,
  against: 'compared with',
  run: async (say) => {
    const experiments = [...new Set([base, again, otherAnswers, ...sweep, ...cities, ...attempts])];
    const all = experiments.length * seeds;
    const hash = await hashOfInputs();
    say(`${all} days, each under up to ${attempts[0]?.policies.length} policies`);
    const outcomeOf = await outcomesOf(experiments, seeds, inWorkers(), (done) => {
      if (done % seeds === 0) say(`${done} of ${all} days`);
    });
    const text = pageOf({ outcomeOf, seeds, hash });
    await writeFile(page, text);
    console.log(text);
    return [
      ...rowsOf(outcomeOf(base)),
      differing(
        'days that differ when lived again',
        daysThatDiffer(outcomeOf(base), outcomeOf(again)),
      ),
      differing(
        'figures that differ with other answers',
        figuresThatDiffer(outcomeOf(base), outcomeOf(otherAnswers)).length,
      ),
    ];
  },
};

/** As long as these hold, dispatch is as good as it was. What was promised beyond them is in the page. */
function rowsOf(usualDays: Outcome): readonly Measured[] {
  const meanOf = (policy: string, name: (typeof compared)[number]['name']) =>
    usualDays.mean(policy, name).mean;
  const row = (what: string, took: number, limit: number, unit: string, atMost: number) => ({
    what,
    took,
    limit,
    ratio: took / limit,
    unit,
    atMost,
  });
  const [ours, theirs] = [meanOf('ours', 'firstHold'), meanOf('exclusive', 'firstHold')];
  const filled = meanOf('ours', 'filled') * 100;
  return [
    row('first hold, against the nearest one alone', ours, theirs, 's', 0.7),
    row(
      'offers per filled truck, against everybody at once',
      meanOf('ours', 'offers'),
      meanOf('everybody', 'offers'),
      '',
      0.5,
    ),
    row("the optimum's trucks, against ours", usualDays.optimum().mean * 100, filled, '%', 1.2),
    row(
      'Gini, against the lottery and 0.05',
      meanOf('ours', 'gini'),
      meanOf('lottery', 'gini') + 0.05,
      '',
      1,
    ),
  ];
}

function differing(what: string, count: number): Measured {
  return { what, took: count, limit: 0, ratio: count, unit: '', atMost: 0 };
}
