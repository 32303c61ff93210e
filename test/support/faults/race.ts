import * as fc from 'fast-check';

/** What a customer, a stranger, a timer or an operator does in the midst of a race. */
export type Deed =
  | {
      readonly does: 'place';
      readonly key: 'first' | 'second' | 'old';
      readonly body: Body;
      /** The idempotency table has lost everything just before. */
      readonly forgetting: boolean;
      readonly alias: boolean;
    }
  | { readonly does: 'cancel'; readonly booking: boolean }
  | { readonly does: 'read'; readonly what: 'order' | 'state' | 'booking' }
  | { readonly does: 'readAll'; readonly what: 'active' | 'list' }
  | { readonly does: 'deadline' | 'reconcile' | 'snoop' | 'unlock' };

export type Body = 'usual' | 'other';

/** What happens to one customer, all at once. */
export interface Race {
  /** Searches. */
  readonly lastsMs: number;
  /** The first try of each intent, before it writes. */
  readonly hesitatesMs: number;
  readonly steps: readonly {
    readonly afterMs: number;
    /** Which environment of the functions serves it. */
    readonly replica: number;
    readonly deed: Deed;
  }[];
}

const does = <D extends Deed['does']>(deed: D) => fc.constant(deed);
const rarely = fc.integer({ min: 1, max: 4 }).map((n) => n === 1);

const deeds = {
  place: fc.record({
    does: does('place'),
    key: fc.constantFrom('first', 'first', 'first', 'second', 'old'),
    body: fc.constantFrom('usual', 'usual', 'usual', 'usual', 'other'),
    forgetting: rarely,
    alias: fc.boolean(),
  }),
  cancel: fc.record({ does: does('cancel'), booking: fc.boolean() }),
  read: fc.record({ does: does('read'), what: fc.constantFrom('order', 'state', 'booking') }),
  readAll: fc.record({ does: does('readAll'), what: fc.constantFrom('active', 'list') }),
  other: fc.record({
    does: fc.constantFrom('deadline', 'deadline', 'reconcile', 'snoop', 'unlock', 'unlock'),
  }),
};

const step = fc.record({
  afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 40 })),
  replica: fc.nat(5),
  deed: fc.oneof(
    { weight: 10, arbitrary: deeds.place },
    { weight: 3, arbitrary: deeds.cancel },
    { weight: 3, arbitrary: deeds.read },
    { weight: 2, arbitrary: deeds.readAll },
    { weight: 7, arbitrary: deeds.other },
  ),
});

/** Half of the searches end while they are raced for; the others are in the way until somebody cancels them. */
export const mixedRace: fc.Arbitrary<Race> = fc.record({
  lastsMs: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.constant(60_000)),
  hesitatesMs: fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: 1, max: 40 })),
  steps: fc.array(step, { minLength: 3, maxLength: 6 }),
});

const retry = fc.record({
  does: does('place'),
  key: fc.constant('first'),
  body: fc.constant('usual'),
  forgetting: fc.constant(true),
  alias: fc.boolean(),
});

const racing = (afterMs: number, replicas: readonly number[], deed: fc.Arbitrary<Deed>) =>
  fc.record({
    afterMs: fc.integer({ min: afterMs, max: 6 * afterMs }),
    replica: fc.constantFrom(...replicas),
    deed,
  });

/**
 * One intent, again and again, with no lock and no memory, and the first try is the last to write: only the order
 * knows, and it may be over by then.
 */
export const storm: fc.Arbitrary<Race> = fc.record({
  lastsMs: fc.integer({ min: 0, max: 8 }),
  hesitatesMs: fc.integer({ min: 80, max: 160 }),
  steps: fc
    .tuple(
      racing(0, [2, 3], retry),
      fc.array(racing(10, [4, 5], fc.oneof(retry, retry, deeds.readAll)), {
        minLength: 4,
        maxLength: 6,
      }),
    )
    .map(([first, others]) => [first, ...others]),
});
