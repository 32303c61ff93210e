import { systemClock } from '../../src/platform/clock.ts';
import { there } from '../login/warm-auth.ts';
import { betweenBatchesMs, pointsOfBatch } from './drive.ts';
import { batchEvent, bookingEvent, tripEvent, type WatchedTrip } from './sides.ts';

/** After so many batches a track is five minutes long, and is written as a segment. */
const batchesOfSegment = 7;

/** Who calls in a turn: a driver, the customers of two other trips, or all three. */
export type Callers = 'driver' | 'readers' | 'all';

/**
 * The calls of all trips, in turn. The function's clock goes on with the trips' time, and not with this machine's: so a
 * token is verified, the end of a session looked for and a customer told as often as on the road, where a driver sends
 * a batch every 51 seconds.
 */
export class Traffic {
  readonly #trips: readonly WatchedTrip[];
  #nowMs = Date.now();
  #turns = 0;

  constructor(trips: readonly WatchedTrip[]) {
    this.#trips = trips;
    Object.assign(systemClock, { now: () => new Date(this.#nowMs) });
  }

  /**
   * The first calls of all trips, each to be made before the next one is asked for. After them the tracks are of all
   * lengths that a track has on the road, so that in each turn as many segments are due.
   */
  *settingOff(): IterableIterator<unknown> {
    const begunMs = this.#nowMs;
    const sentBy = ({ number }: WatchedTrip) => 1 + (number % batchesOfSegment);
    const goBackTo = ({ number }: WatchedTrip, turnsAgo: number) => {
      this.#nowMs = begunMs - turnsAgo * betweenBatchesMs + number * this.#apartMs;
    };
    for (let sent = batchesOfSegment; sent > 0; sent -= 1) {
      for (const trip of this.#trips.filter((each) => sentBy(each) === sent)) {
        goBackTo(trip, sent);
        yield this.#batchesOf(trip, 1);
      }
    }
    for (const trip of this.#trips.filter((each) => sentBy(each) > 1)) {
      goBackTo(trip, 1);
      yield this.#batchesOf(trip, sentBy(trip) - 1);
    }
    this.#nowMs = begunMs;
  }

  /** The calls of one turn. With the last trip's turn, 51 seconds of each trip's time have passed. */
  next(callers: Callers): readonly unknown[] {
    const events = [
      ...(callers === 'readers' ? [] : [this.#batchesOf(this.#tripAfter(0), 1)]),
      ...(callers === 'driver' ? [] : [tripEvent(this.#tripAfter(1 / 4))]),
      ...(callers === 'driver' ? [] : [bookingEvent(this.#tripAfter(3 / 4))]),
    ];
    this.#nowMs += this.#apartMs;
    this.#turns += 1;
    return events;
  }

  #batchesOf(trip: WatchedTrip, batches: number): unknown {
    return batchEvent(trip, this.#nowMs, batches * pointsOfBatch);
  }

  /** Between the turns of two trips. */
  get #apartMs(): number {
    return betweenBatchesMs / this.#trips.length;
  }

  #tripAfter(share: number): WatchedTrip {
    const { length } = this.#trips;
    return there(this.#trips[(this.#turns + Math.floor(share * length)) % length]);
  }
}
