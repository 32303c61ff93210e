import * as fc from 'fast-check';

/** A transporter who was offered an order, and wants some of it. */
export interface Party {
  /** Which of the fleets of all races. */
  readonly fleet: number;
  readonly afterMs: number;
  readonly replica: number;
  readonly first: 'hold' | 'accept' | 'decline';
  /** Whether it asks for trucks of the first kind that it has. Otherwise it asks for the order's other kind. */
  readonly ownKind: boolean;
  readonly quantity: number;
  /** Whether it asks twice at once, through two replicas. */
  readonly twice: 'no' | 'with one key' | 'without a key';
  /** What it does with a hold. */
  readonly afterwards:
    | 'confirm'
    | 'confirm one'
    | 'confirm twice'
    | 'release'
    | 'confirm and release'
    | 'wait';
  /** What the drivers of its trucks do. */
  readonly driver: 'accept' | 'decline' | 'accept and decline' | 'give up' | 'nothing';
  /** Whether it puts the driver on the truck again, after a no. */
  readonly again: boolean;
}

/** What else happens to an order meanwhile. */
export interface Event {
  readonly afterMs: number;
  readonly replica: number;
  readonly does:
    | 'cancel'
    | 'deadline'
    | 'reconcile'
    | 'answer deadline'
    | 'waves'
    /** All holds of the order have been there too long. */
    | 'holds age'
    /** All drivers who were asked have been silent too long. */
    | 'drivers age'
    /** Dispatch gets the messages that it has on its queue, in the reverse sequence, and each of them twice. */
    | 'messages';
}

/** One order, and all who want it. */
export interface MarketRace {
  readonly aces: number;
  readonly open17s: number;
  readonly lastsMs: number;
  readonly parties: readonly Party[];
  readonly events: readonly Event[];
}

export const fleets = 60;
const replicas = 6;

const instant = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 60 }) },
);
const often = <T>(usual: T, ...others: readonly T[]) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(usual) },
    { weight: others.length, arbitrary: fc.constantFrom(...others) },
  );

const party = fc.record<Omit<Party, 'fleet'>>({
  afterMs: instant,
  replica: fc.nat(replicas - 1),
  first: fc.oneof(
    { weight: 6, arbitrary: fc.constant('hold' as const) },
    { weight: 3, arbitrary: fc.constant('accept' as const) },
    { weight: 1, arbitrary: fc.constant('decline' as const) },
  ),
  ownKind: fc.integer({ min: 1, max: 6 }).map((n) => n > 1),
  quantity: often(1, 2),
  twice: fc.oneof(
    { weight: 12, arbitrary: fc.constant('no' as const) },
    { weight: 2, arbitrary: fc.constantFrom('with one key' as const, 'without a key' as const) },
  ),
  afterwards: fc.oneof(
    { weight: 4, arbitrary: fc.constant('confirm' as const) },
    {
      weight: 5,
      arbitrary: fc.constantFrom(
        ...(['confirm one', 'confirm twice', 'release', 'confirm and release', 'wait'] as const),
      ),
    },
  ),
  driver: fc.constantFrom('accept', 'decline', 'accept and decline', 'give up', 'nothing'),
  again: fc.boolean(),
});

/** Most races are small: many of them find more than a few big ones. */
const size = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 5, max: 12 }) },
  { weight: 2, arbitrary: fc.integer({ min: 13, max: 25 }) },
  { weight: 1, arbitrary: fc.integer({ min: 26, max: 50 }) },
);
const parties = size.chain((number) =>
  fc
    .tuple(
      fc.shuffledSubarray([...Array.from({ length: fleets }).keys()], {
        minLength: number,
        maxLength: number,
      }),
      fc.array(party, { minLength: number, maxLength: number }),
    )
    .map(([those, does]): readonly Party[] =>
      does.map((each, i) => ({ ...each, fleet: those[i] ?? 0 })),
    ),
);

const event = fc.record<Event>({
  afterMs: fc.integer({ min: 0, max: 150 }),
  replica: fc.nat(replicas - 1),
  does: fc.constantFrom(
    'cancel',
    'deadline',
    'reconcile',
    'answer deadline',
    'answer deadline',
    'waves',
    'holds age',
    'holds age',
    'drivers age',
    'drivers age',
    'messages',
  ),
});

const trucks = fc.constantFrom([1, 0], [1, 0], [2, 0], [3, 0], [0, 1], [1, 1], [2, 1], [1, 2]);

/** A third of the searches end while they are raced for. */
export const marketRace: fc.Arbitrary<MarketRace> = fc
  .record({
    trucks,
    lastsMs: fc.oneof(
      { weight: 1, arbitrary: fc.integer({ min: 10, max: 250 }) },
      { weight: 2, arbitrary: fc.constant(60_000) },
    ),
    parties,
    events: fc.array(event, { maxLength: 5 }),
  })
  .map(({ trucks: [aces = 0, open17s = 0], ...race }) => ({ aces, open17s, ...race }));
