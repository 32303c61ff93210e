import { againstOurs, lossesTable, sideBySide, swept, whereOursLoses } from './comparisons.ts';
import {
  again,
  attempts,
  base,
  cities,
  otherAnswers,
  sweep,
  type Experiment,
  type Outcome,
} from './experiments.ts';
import { introduction, meanings } from './page-texts.ts';
import { daysThatDiffer, figuresThatDiffer, sameTwiceTable } from './same-twice.ts';
import { targetsTable } from './targets.ts';

interface Made {
  readonly outcomeOf: (experiment: Experiment) => Outcome;
  readonly seeds: number;
  readonly hash: string;
}

/** The page, as text. It has no date: the same inputs give the same page. */
export function pageOf(made: Made): string {
  const { seeds, hash } = made;
  const parts = [introduction(seeds, hash), ...measured(made), ...checked(made), meanings];
  return `${parts.map((part) => part.trim()).join('\n\n')}\n`;
}

function measured({ outcomeOf }: Made): readonly string[] {
  const usualDays = outcomeOf(base);
  const sweptDays = sweep.map(outcomeOf);
  const otherCities = cities.map(outcomeOf);
  const everywhere = [...sweptDays, ...otherCities];
  return [
    section('What was promised', targetsTable(usualDays)),
    section('Side by side', sideBySide(usualDays)),
    section(
      'How the others differ from ours',
      'Day by day. In bold: the interval is all on one side of nothing.',
      againstOurs(usualDays),
    ),
    section(
      'Where ours loses',
      `Every setting of this page in which another policy is better, and the interval carries it. The differences are the
others' less ours, from the least to the greatest.`,
      whereOursLoses(everywhere),
    ),
    section(
      'More and fewer trucks, more and less willing captains',
      'Willingness is added to the probability of each acceptance, in points of a hundred.',
      ...sweptFigures.map(({ figure, title }) => `### ${title}\n\n${swept(sweptDays, figure)}`),
    ),
    ...otherCities.map((days) => section(capital(days.experiment.title), sideBySide(days))),
    section(
      'How trucks are lost',
      'By ours: what became last of those that did not come.',
      lossesTable(sweptDays),
    ),
  ];
}

const section = (title: string, ...parts: readonly string[]) =>
  [`## ${title}`, ...parts].join('\n\n');

const sweptFigures = [
  { figure: 'filled', title: 'Trucks filled, %' },
  { figure: 'firstHold', title: 'Seconds to the first hold' },
  { figure: 'offers', title: 'Offers per filled truck' },
  { figure: 'pickupKm', title: 'Kilometres to the pickup' },
  { figure: 'gini', title: 'Gini of owners' },
] as const;

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function checked({ outcomeOf }: Made): readonly string[] {
  const usualDays = outcomeOf(base);
  const different = figuresThatDiffer(usualDays, outcomeOf(otherAnswers));
  const differing =
    different.length === 0 ? 'no figure differs' : `these differ: ${different.join(', ')}`;
  return [
    ...attempts
      .map(outcomeOf)
      .map((days) =>
        section(`What was tried: ${days.experiment.title}`, 'Against ours.', againstOurs(days)),
      ),
    section(
      'Ours against itself',
      `Lived through once more, ${daysThatDiffer(usualDays, outcomeOf(again))} days gave other figures. With other answers of the same people in the same worlds,
${differing}. Here the intervals hold all figures together with 95 %.`,
      sameTwiceTable(usualDays, outcomeOf(otherAnswers)),
    ),
  ];
}
