import { policies } from '../../city/simulator/policies.ts';
import { tries } from '../../city/simulator/tries.ts';
import type { Outcome } from './experiments.ts';
import { compared, differenceText, losses, meanText, tableText, written } from './figure-texts.ts';
import { sideOf } from './intervals.ts';

const titles = new Map([...policies, ...tries].map(({ name, title }) => [name, title]));
const titleOf = (policy: string) => titles.get(policy) ?? policy;
const percent = { scale: 100, digits: 1 };
const heads = compared.map(({ title }) => title);

export function sideBySide(outcome: Outcome): string {
  const rows = outcome.experiment.policies.map((policy) => [
    titleOf(policy),
    ...compared.map((figure) => meanText(outcome.mean(policy, figure.name), figure)),
    meanText(outcome.ofOptimum(policy), percent),
  ]);
  return tableText(['', ...heads, "of the optimum's trucks, %"], rows);
}

/** How much more each of the others has than ours. */
export function againstOurs(outcome: Outcome): string {
  const others = outcome.experiment.policies.filter((policy) => policy !== 'ours');
  return tableText(
    ['', ...heads],
    others.map((policy) => [
      titleOf(policy),
      ...compared.map((figure) => differenceText(outcome.beyondOurs(policy, figure.name), figure)),
    ]),
  );
}

/** One figure, for all policies, in each setting. */
export function swept(outcomes: readonly Outcome[], name: (typeof compared)[number]['name']) {
  const figure = compared.find((each) => each.name === name);
  const [first] = outcomes;
  if (!figure || !first) throw new Error(`${name} is not compared`);
  const names = first.experiment.policies;
  const withOptimum = name === 'filled';
  return tableText(
    ['', ...names.map(titleOf), ...(withOptimum ? ['optimum', 'ours of the optimum'] : [])],
    outcomes.map((outcome) => [
      outcome.experiment.title,
      ...names.map((policy) => meanText(outcome.mean(policy, name), figure)),
      ...(withOptimum
        ? [meanText(outcome.optimum(), percent), meanText(outcome.ofOptimum('ours'), percent)]
        : []),
    ]),
  );
}

/** Wherever another policy is better than ours, and the interval carries it. */
export function whereOursLoses(outcomes: readonly Outcome[]): string {
  const names = [...new Set(outcomes.flatMap(({ experiment }) => experiment.policies))];
  const rows = compared.flatMap((figure) =>
    names
      .filter((policy) => policy !== 'ours')
      .flatMap((policy) => {
        const lost = outcomes
          .filter(({ experiment }) => experiment.policies.includes(policy))
          .map((outcome) => ({ outcome, by: outcome.beyondOurs(policy, figure.name) }))
          .filter(({ by }) => sideOf(by) === (figure.better === 'more' ? 1 : -1));
        if (lost.length === 0) return [];
        const means = lost.map(({ by }) => by.mean * figure.scale);
        const [least, most] = [Math.min(...means), Math.max(...means)];
        return [
          [
            figure.title,
            titleOf(policy),
            lost.map(({ outcome }) => outcome.experiment.title).join('; '),
            `${written(least, figure.digits)} to ${written(most, figure.digits)}`,
          ],
        ];
      }),
  );
  return tableText(['figure', 'better than ours', 'where', 'difference'], rows);
}

export function lossesTable(outcomes: readonly Outcome[]): string {
  return tableText(
    ['of the trucks wanted, %', ...outcomes.map(({ experiment }) => experiment.title)],
    [
      ['filled', ...outcomes.map((outcome) => meanText(outcome.mean('ours', 'filled'), percent))],
      ...losses.map(({ name, title }) => [
        title,
        ...outcomes.map((outcome) => meanText(outcome.mean('ours', name), percent)),
      ]),
    ],
  );
}
