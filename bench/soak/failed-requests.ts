import type { CityView } from '../../city/live/view.ts';
import { reasonFor } from './reasons.ts';

/** Requests of the city's people that failed for good. A view shows the newest alone, so each view is looked at. */
export class FailedRequests {
  readonly #known = new Map<string, string>();

  note({ problems }: Pick<CityView, 'problems'>): void {
    for (const { at, what } of problems) this.#known.set(`${at} ${what}`, what);
  }

  get count(): number {
    return this.#known.size;
  }

  /** Answers whether each is explained. */
  report(say: (line: string) => void): boolean {
    say(`Requests that failed: ${this.#known.size}`);
    const why = [...this.#known].map(([key, what]) => ({ key, reason: reasonFor(what) }));
    for (const { key, reason } of why) say(`  ${key}: ${reason ?? 'UNEXPLAINED'}`);
    return why.every(({ reason }) => reason !== undefined);
  }
}
