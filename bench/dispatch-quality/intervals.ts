/** A mean, and how far from it the true one may be, with this confidence. */
export interface Interval {
  readonly mean: number;
  readonly half: number;
}

const usual = 0.95;

/** By Student's distribution: the numbers are of independent days. */
export function intervalOf(numbers: readonly number[], confidence = usual): Interval {
  const count = numbers.length;
  const mean = numbers.reduce((sum, each) => sum + each, 0) / count;
  if (count < 2) return { mean, half: Infinity };
  const squares = numbers.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  const error = Math.sqrt(squares / (count - 1) / count);
  return { mean, half: studentsT(count - 1, confidence) * error };
}

/** Whether the interval is all on one side of nothing: -1, or 1. 0: it is not. */
export function sideOf({ mean, half }: Interval): -1 | 0 | 1 {
  if (mean - half > 0) return 1;
  return mean + half < 0 ? -1 : 0;
}

/** How many standard errors hold so much of Student's distribution, by halving. */
export function studentsT(freedom: number, confidence: number): number {
  let [low, high] = [0, Math.PI / 2];
  const all = areaTo(Math.PI / 2, freedom);
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (areaTo(middle, freedom) / all < confidence) low = middle;
    else high = middle;
  }
  return Math.sqrt(freedom) * Math.tan(low);
}

/** With t = √f · tan θ the density is cos θ to the power of f - 1: by Simpson's rule. */
function areaTo(angle: number, freedom: number): number {
  const steps = 400;
  let sum = 0;
  for (let step = 0; step <= steps; step += 1) {
    const weight = step === 0 || step === steps ? 1 : step % 2 === 1 ? 4 : 2;
    sum += weight * Math.cos((angle * step) / steps) ** (freedom - 1);
  }
  return (sum * angle) / steps / 3;
}
