import type { Position } from '../../src/places/position.ts';

interface Drive {
  readonly from: Position;
  readonly to: Position;
  readonly leftAt: number;
  readonly seconds: number;
}

/** What drives, or stands. Where it is on the way follows from the clock: nobody has to move it. */
export class Moving {
  readonly #clock: { readonly now: number };
  #drive: Drive;

  constructor(clock: { readonly now: number }, place: Position) {
    this.#clock = clock;
    this.#drive = { from: place, to: place, leftAt: 0, seconds: 0 };
  }

  get at(): Position {
    const { from, to, leftAt, seconds } = this.#drive;
    const gone = this.#clock.now - leftAt;
    if (gone >= seconds) return to;
    const between = (one: number, other: number) => one + ((other - one) * gone) / seconds;
    return {
      latitude: between(from.latitude, to.latitude),
      longitude: between(from.longitude, to.longitude),
    };
  }

  driveTo(to: Position, seconds: number): void {
    this.#drive = { from: this.at, to, leftAt: this.#clock.now, seconds };
  }

  standAt(place: Position): void {
    this.driveTo(place, 0);
  }
}
