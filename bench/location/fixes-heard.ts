import * as z from 'zod';

const Heard = z.object({ tripId: z.string(), timestamp: z.string() });

/** Which customers have heard where their trucks are, and how long after the truck was there. */
export class FixesHeard {
  readonly #awaited = new Map<string, number>();
  readonly #times: number[] = [];

  /** A truck is at a place now, and its customer is to hear of it. */
  await(tripId: string, timestamp: string): void {
    this.#awaited.set(`${tripId} ${timestamp}`, performance.now());
  }

  hear(data: unknown): void {
    const { tripId, timestamp } = Heard.parse(data);
    const fix = `${tripId} ${timestamp}`;
    const begun = this.#awaited.get(fix);
    if (begun === undefined) throw new Error(`Nobody has sent this, or it was heard twice: ${fix}`);
    this.#awaited.delete(fix);
    this.#times.push(performance.now() - begun);
  }

  get unheard(): number {
    return this.#awaited.size;
  }

  /** In milliseconds, since this was called last. */
  take(): readonly number[] {
    return this.#times.splice(0);
  }
}
