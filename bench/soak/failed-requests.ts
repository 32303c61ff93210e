import type { CityView } from '../../city/live/view.ts';
import { reasonFor } from './reasons.ts';
import type { Standstills } from './standstills.ts';

const isTimeout = /aborted due to timeout|^No SMS/;

/** Requests of the city's people that failed for good. A view shows the newest alone, so each view is looked at. */
export class FailedRequests {
  readonly #known = new Map<string, { readonly at: string; readonly what: string }>();
  readonly #standstills: Pick<Standstills, 'explains'>;

  constructor(standstills: Pick<Standstills, 'explains'>) {
    this.#standstills = standstills;
  }

  note({ problems }: Pick<CityView, 'problems'>): void {
    for (const { at, what } of problems) this.#known.set(`${at} ${what}`, { at, what });
  }

  get count(): number {
    return this.#known.size;
  }

  /** Answers whether each is explained. */
  report(say: (line: string) => void): boolean {
    say(`Requests that failed: ${this.#known.size}`);
    const why = [...this.#known].map(([key, each]) => ({ key, reason: this.#reasonFor(each) }));
    for (const { key, reason } of why) say(`  ${key}: ${reason ?? 'UNEXPLAINED'}`);
    return why.every(({ reason }) => reason !== undefined);
  }

  #reasonFor({ at, what }: { readonly at: string; readonly what: string }): string | undefined {
    const stoodStill = isTimeout.test(what) && this.#standstills.explains(Date.parse(at));
    return stoodStill ? 'The machine stood still.' : reasonFor(what);
  }
}
