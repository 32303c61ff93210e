import type { CityView, TruckView } from '../../../../city/live/view.ts';
import type { Position } from '../../../../src/places/position.ts';

interface Seen extends Position {
  /** In milliseconds of the page's own clock. */
  readonly at: number;
}

interface Way {
  readonly seen: Seen[];
  readonly isTrip: boolean;
}

/** The page shows what was so long ago: then it knows the next place, too, and a truck glides. */
const behindMs = 1200;
const mostPoints = 240;
const mostRoads = 160;

/** What the page has seen since it was opened: where each truck was, and where trucks have driven. */
export class Memory {
  latest: CityView | undefined;
  readonly #ways = new Map<string, Way>();
  readonly #roads: (readonly Position[])[] = [];
  readonly #firstSeen = new Map<string, number>();

  accept(view: CityView, at: number): void {
    this.latest = view;
    for (const truck of view.trucks) this.#note(truck, at);
    for (const { id, state, offers } of view.orders) {
      for (const { wave } of offers) this.#see(`${id} wave ${wave}`, at);
      this.#see(`${id} ${state}`, at);
    }
  }

  /** For how long the page has seen something, in milliseconds. */
  since(what: string, now: number): number {
    return now - (this.#firstSeen.get(what) ?? now);
  }

  placeOf({ number, latitude, longitude }: TruckView, now: number): Position {
    const seen = this.#ways.get(number)?.seen ?? [];
    const then = now - behindMs;
    const next = seen.findIndex(({ at }) => at > then);
    const [before, after] = [seen[next - 1], seen[next]];
    if (!before || !after) return seen.at(-1) ?? { latitude, longitude };
    const share = (then - before.at) / (after.at - before.at);
    return {
      latitude: before.latitude + (after.latitude - before.latitude) * share,
      longitude: before.longitude + (after.longitude - before.longitude) * share,
    };
  }

  /** Where a truck was on this trip, as far as it is shown by now. */
  wayOf({ number }: TruckView, now: number): readonly Position[] {
    const way = this.#ways.get(number);
    return way?.isTrip ? way.seen.filter(({ at }) => at <= now - behindMs) : [];
  }

  get roads(): readonly (readonly Position[])[] {
    return this.#roads;
  }

  #see(what: string, at: number): void {
    if (!this.#firstSeen.has(what)) this.#firstSeen.set(what, at);
  }

  #note({ number, state, latitude, longitude }: TruckView, at: number): void {
    const isTrip = state !== 'free' && state !== 'homeward';
    const known = this.#ways.get(number);
    if (known && known.isTrip && !isTrip) this.#remember(known.seen);
    const way = known && known.isTrip === isTrip ? known : { seen: [], isTrip };
    this.#ways.set(number, way);
    way.seen.push({ latitude, longitude, at });
    if (way.seen.length > mostPoints) way.seen.shift();
  }

  #remember(seen: readonly Seen[]): void {
    this.#roads.push(seen.filter((_, index) => index % 3 === 0 || index === seen.length - 1));
    if (this.#roads.length > mostRoads) this.#roads.shift();
  }
}
