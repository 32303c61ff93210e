import type { RunFigures } from './run-figures.ts';
import { distanceFrom, predictedRuns, predictionOf, type Prediction } from './prediction.ts';
import { runStage, type StageRun } from './stage-run.ts';
import type { CityWish } from './wish.ts';

export interface Compared {
  readonly name: keyof RunFigures;
  readonly real: number;
  readonly predicted: Prediction;
  /** Up to 1 it is within the interval. */
  readonly distance: number;
}

export interface Comparison {
  readonly wish: CityWish;
  readonly run: StageRun;
  readonly draws: number;
  readonly figures: readonly Compared[];
}

const names = ['filled', 'firstHold', 'held', 'offers', 'uncrewed'] as const;
/** So that some ten runs lie beyond each end of the interval. */
const draws = 400;

/** One run in a stage, against many of the simulator. */
export async function compareCity(
  wish: CityWish,
  say: (line: string) => void,
): Promise<Comparison> {
  const run = await runStage(wish, say);
  say(`the stage is done; the simulator lives through ${draws} runs`);
  return comparisonOf(wish, run, await predictedRuns(wish, run.times, draws));
}

export function comparisonOf(
  wish: CityWish,
  run: StageRun,
  predicted: readonly RunFigures[],
): Comparison {
  const figures = names.map((name) => {
    const prediction = predictionOf(predicted.map((each) => each[name]));
    const real = run.figures[name];
    return { name, real, predicted: prediction, distance: distanceFrom(prediction, real) };
  });
  return { wish, run, draws: predicted.length, figures };
}
