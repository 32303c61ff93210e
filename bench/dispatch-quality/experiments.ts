import type { Figures, FigureName } from '../../city/simulator/figures.ts';
import { policies } from '../../city/simulator/policies.ts';
import { tries } from '../../city/simulator/tries.ts';
import type { CityName } from '../../city/world/parameters.ts';
import type { LivedDay } from './days.ts';
import { intervalOf, type Interval } from './intervals.ts';
import type { LiveMany } from './many-days.ts';

/** The same days under several policies, seed by seed. */
export interface Experiment {
  readonly title: string;
  readonly city: CityName;
  readonly supply: number;
  readonly willingness: number;
  readonly answers: number;
  readonly policies: readonly string[];
}

const usual = {
  title: 'as usual',
  city: 'bengaluru',
  supply: 1,
  willingness: 0,
  answers: 0,
} as const;

const rivals = ['ours', 'exclusive', 'batches', 'everybody', 'lottery'];

export const base: Experiment = { ...usual, policies: policies.map(({ name }) => name) };
/** The same days again, and the same world with other answers: nothing may differ. */
export const again: Experiment = { ...usual, title: 'again', policies: ['ours'] };
export const otherAnswers: Experiment = {
  ...usual,
  title: 'other answers',
  answers: 1,
  policies: ['ours'],
};

const supplies = [
  { supply: 0.5, name: 'half the trucks' },
  { supply: 1, name: 'usual trucks' },
  { supply: 2, name: 'twice the trucks' },
];
const willings = [
  { willingness: -0.2, name: '-20 points' },
  { willingness: 0, name: 'usual willingness' },
  { willingness: 0.2, name: '+20 points' },
];

/** Every supply with every willingness. */
export const sweep: readonly Experiment[] = supplies.flatMap(({ supply, name }) =>
  willings.map(({ willingness, name: willing }) =>
    supply === base.supply && willingness === base.willingness
      ? base
      : { ...usual, title: `${name}, ${willing}`, supply, willingness, policies: rivals },
  ),
);

export const cities: readonly Experiment[] = (['nagpur', 'noida'] as const).map((city) => ({
  ...usual,
  title: city,
  city,
  policies: rivals,
}));

const tried = tries.map(({ name }) => name);
export const attempts: readonly Experiment[] = [
  { supply: 1, willingness: 0, title: 'as usual' },
  { supply: 1, willingness: -0.2, title: '-20 points' },
].map((each) => ({ ...usual, ...each, policies: ['ours', ...tried] }));

/** What came of an experiment. */
export class Outcome {
  readonly experiment: Experiment;
  readonly days: readonly LivedDay[];

  constructor(experiment: Experiment, days: readonly LivedDay[]) {
    this.experiment = experiment;
    this.days = days;
  }

  /** Day by day. */
  of(policy: string): readonly Figures[] {
    const index = this.experiment.policies.indexOf(policy);
    return this.days.map(({ figures }) => {
      const day = figures[index];
      if (!day) throw new Error(`${policy} was not part of ${this.experiment.title}`);
      return day;
    });
  }

  mean(policy: string, figure: FigureName): Interval {
    return intervalOf(this.of(policy).map((day) => day[figure]));
  }

  /** How much more it is than ours, day by day. */
  beyondOurs(policy: string, figure: FigureName, confidence?: number): Interval {
    const ours = this.of('ours');
    const more = this.of(policy).map((day, index) => day[figure] - (ours[index]?.[figure] ?? NaN));
    return intervalOf(more, confidence);
  }

  /** Ours as a share of another's, day by day. */
  shareOf(policy: string, figure: FigureName): Interval {
    const theirs = this.of(policy);
    return intervalOf(
      this.of('ours').map((day, index) => day[figure] / (theirs[index]?.[figure] ?? NaN)),
    );
  }

  /** The trucks that a policy filled, as a share of those that could be filled at most. */
  ofOptimum(policy: string): Interval {
    const filled = this.of(policy);
    return intervalOf(
      this.days.map(({ optimum }, index) => (filled[index]?.filled ?? NaN) / (optimum ?? NaN)),
    );
  }

  optimum(): Interval {
    return intervalOf(this.days.map(({ optimum }) => optimum ?? NaN));
  }
}

/** Lives through the days of all experiments, each with the same seeds. */
export async function outcomesOf(
  experiments: readonly Experiment[],
  seeds: number,
  liveMany: LiveMany,
  said?: (done: number) => void,
): Promise<(experiment: Experiment) => Outcome> {
  const withOptimum = new Set<Experiment>([base, ...sweep, ...cities]);
  const days = experiments.flatMap((experiment) =>
    Array.from({ length: seeds }, (_, index) => {
      const { city, supply, willingness, answers, policies } = experiment;
      const setting = { city, supply, willingness, answers, seed: index + 1 };
      return { setting, policies, withOptimum: withOptimum.has(experiment) };
    }),
  );
  const lived = await liveMany(days, said);
  const outcomes = new Map(
    experiments.map((experiment, index) => [
      experiment,
      new Outcome(experiment, lived.slice(index * seeds, (index + 1) * seeds)),
    ]),
  );
  return (experiment) => {
    const outcome = outcomes.get(experiment);
    if (!outcome) throw new Error(`${experiment.title} was not lived through`);
    return outcome;
  };
}
