import { isDeepStrictEqual } from 'node:util';
import { Outcome } from './experiments.ts';
import { compared, differenceText, tableText } from './figure-texts.ts';
import { sideOf } from './intervals.ts';

/** So that all figures together are wrong in one of twenty such tables. */
const confidence = 1 - 0.05 / compared.length;

/** On how many days the same policy, world and answers gave other figures. It must be none. */
export function daysThatDiffer(one: Outcome, again: Outcome): number {
  const ours = one.of('ours');
  return again.of('ours').filter((day, index) => !isDeepStrictEqual(day, ours[index])).length;
}

/** Ours against itself: the same worlds, but chance has everybody answer anew. */
function differencesOf(one: Outcome, other: Outcome) {
  const both = new Outcome(
    { ...one.experiment, policies: ['ours', 'with other answers'] },
    one.of('ours').flatMap((day, index) => {
      const anew = other.of('ours')[index];
      return anew ? [{ figures: [day, anew], optimum: undefined }] : [];
    }),
  );
  return compared.map((figure) => ({
    figure,
    by: both.beyondOurs('with other answers', figure.name, confidence),
  }));
}

export function figuresThatDiffer(one: Outcome, other: Outcome): readonly string[] {
  return differencesOf(one, other)
    .filter(({ by }) => sideOf(by) !== 0)
    .map(({ figure }) => figure.title);
}

export function sameTwiceTable(one: Outcome, other: Outcome): string {
  const differences = differencesOf(one, other);
  return tableText(
    ['', ...differences.map(({ figure }) => figure.title)],
    [['ours, answered anew', ...differences.map(({ figure, by }) => differenceText(by, figure))]],
  );
}
