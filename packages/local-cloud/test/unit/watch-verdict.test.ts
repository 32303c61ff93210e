import { describe, expect, test } from 'vitest';
import { parseExpression } from '../../src/watch/expression.ts';
import {
  evaluationRange,
  type State,
  verdictOf,
  type VerdictRule,
} from '../../src/watch/verdict.ts';

/** The page "Configuring how CloudWatch alarms treat missing data" writes datapoints so, the newest last. */
const points = (text: string) =>
  text.split(' ').map((each) => (each === '-' ? undefined : each === 'X'));

const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;

const verdicts = (text: string, rule: Omit<VerdictRule, 'treatMissingData'>, present: State) =>
  treatments.map((treatMissingData) =>
    verdictOf(points(text), { ...rule, treatMissingData }, present),
  );

describe("an alarm with missing datapoints decides as CloudWatch's page says", () => {
  test.each<[string, State[]]>([
    ['0 - X - X', ['OK', 'OK', 'OK', 'OK']],
    ['0 - - - -', ['OK', 'OK', 'OK', 'OK']],
    ['0 X X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ])('three of three: %s', (text, expected) => {
    const rule = { evaluationPeriods: 3, datapointsToAlarm: 3 };
    expect(verdicts(text, rule, 'INSUFFICIENT_DATA')).toEqual(expected);
  });

  test.each<[string, State[]]>([
    ['- - - - -', ['INSUFFICIENT_DATA', 'OK', 'ALARM', 'OK']],
    ['- - - - X', ['INSUFFICIENT_DATA', 'OK', 'ALARM', 'OK']],
    ['X - - - -', ['ALARM', 'OK', 'ALARM', 'OK']],
    ['- - X - -', ['ALARM', 'OK', 'ALARM', 'OK']],
  ])('three of three, from OK: %s', (text, expected) => {
    expect(verdicts(text, { evaluationPeriods: 3, datapointsToAlarm: 3 }, 'OK')).toEqual(expected);
  });

  test.each<[string, State[]]>([
    ['0 - X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['0 0 X 0 X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['0 - X - -', ['OK', 'OK', 'ALARM', 'OK']],
    ['- - - - 0', ['OK', 'OK', 'ALARM', 'OK']],
    ['- - - - X', ['INSUFFICIENT_DATA', 'OK', 'ALARM', 'OK']],
    ['- - - X -', ['ALARM', 'OK', 'ALARM', 'OK']],
  ])('two of three, from OK: %s', (text, expected) => {
    expect(verdicts(text, { evaluationPeriods: 3, datapointsToAlarm: 2 }, 'OK')).toEqual(expected);
  });

  test('ignoring what is missing, it stays in the state that it has', () => {
    const rule = {
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      treatMissingData: 'ignore',
    } as const;
    for (const state of ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const)
      expect(verdictOf(points('- - -'), rule, state)).toBe(state);
  });

  test('looks at as many datapoints as the page gives for three periods', () => {
    const rule = {
      evaluationPeriods: 3,
      datapointsToAlarm: 3,
      treatMissingData: 'missing',
    } as const;
    expect(evaluationRange(rule)).toBe(5);
  });
});

describe('metric math', () => {
  const worked = (text: string, values: Readonly<Record<string, number>> = {}) =>
    parseExpression(text)((id) => values[id]);

  test.each<[string, number | undefined]>([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['7 - 2 - 1', 4],
    ['100 - 100 * m / n', 75],
    ['m >= 25', 1],
    ['m > 25', 0],
    ['IF(n >= 100, m, 0)', 25],
    ['IF(n < 100, m, 0)', 0],
    ['SUM([m, n])', 125],
    ['SUM([m, gone])', 25],
    ['MAX([m, FILL(gone, 3)])', 25],
    ['MIN([m, FILL(gone, 3)])', 3],
    ['FILL(gone, 0)', 0],
    ['FILL(m, 0)', 25],
    ['m + gone', undefined],
    ['IF(gone > 1, m, 0)', undefined],
    ['m / 0', undefined],
    ['SUM([gone])', undefined],
  ])('%s', (text, value) => {
    expect(worked(text, { m: 25, n: 100 })).toBe(value);
  });

  test.each([
    ['RATE(m)', 'RATE()'],
    ['m ^ 2', '^ 2'],
    ['SUM([m, n]', 'its end'],
    ['m n', 'n'],
    ["SEARCH('{AWS/Lambda}', 'Sum')", "'{AWS/Lambda}"],
    ['', 'has  where'],
  ])('%s is refused, and the sentence says what of it', (text, what) => {
    expect(() => worked(text)).toThrow(what);
    expect(() => worked(text)).toThrow('teach it in packages/local-cloud/src/watch/expression.ts');
  });
});
