import {
  type FunctionDeclaration,
  type FunctionName,
  functions,
} from '../../../src/contract/functions.ts';
import type { AlarmProps } from '../../parts/alarm.ts';

/** How often a function must crash for its alarm to ring, in periods of five minutes, and how its text says so. */
export interface Crashes {
  readonly ringing: AlarmProps['ringing'];
  readonly often: string;
}

const ofMany: Crashes = { ringing: { from: 3 }, often: 'three times in five minutes' };

/** A function that is called seldom cannot crash as often as one that everybody calls. */
const ofFew: Readonly<Partial<Record<FunctionDeclaration['trigger'], Crashes>>> = {
  deployment: { ringing: { from: 1 }, often: 'in a deployment' },
  // Five minutes have two or three runs of reconcile. The next run makes up for one that crashed.
  schedule: { ringing: { from: 2, periods: 2 }, often: 'in nearly every run of ten minutes' },
};

export function crashesThatRing(name: FunctionName): Crashes {
  return ofFew[functions[name].trigger] ?? ofMany;
}
