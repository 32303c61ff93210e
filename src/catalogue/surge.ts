import { timeInIndia } from '../platform/time-in-india.ts';

export interface Surge {
  readonly multiplier: number;
  readonly label: 'Peak Hours' | 'Moderate Demand' | 'Normal';
}

const peakHours: readonly number[] = [8, 9, 10, 17, 18, 19];
/** From 22:00 until 05:00. */
const isNight = (hour: number) => hour >= 22 || hour < 5;
const isWeekend = (day: number) => day === 0 || day === 6;

/**
 * The surge at this instant, by the clock in India. If several reasons apply, only the highest multiplier counts. If
 * they were multiplied, a Sunday night would be labelled as peak hours. The surge changes only on the hour, so it stays
 * the same within every five-minute period.
 */
export function surgeAt(at: Date): Surge {
  const there = timeInIndia(at);
  const [hour, day] = [there.getUTCHours(), there.getUTCDay()];
  const multiplier = Math.max(
    1,
    peakHours.includes(hour) ? 1.2 : 1,
    isNight(hour) ? 1.1 : 1,
    isWeekend(day) ? 1.05 : 1,
  );
  return { multiplier, label: labelOf(multiplier) };
}

function labelOf(multiplier: number): Surge['label'] {
  if (multiplier > 1.15) return 'Peak Hours';
  return multiplier > 1.05 ? 'Moderate Demand' : 'Normal';
}
