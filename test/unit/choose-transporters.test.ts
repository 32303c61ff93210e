import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  chooseTransporters,
  usualRules,
  type Candidate,
} from '../../src/dispatch/choose-transporters.ts';
import { limitedUntil } from '../../src/orders/holds/limited.ts';

const candidate = (change: Partial<Candidate> = {}): Candidate => ({
  id: 'a',
  distanceKm: 1,
  freeTrucks: { ace: 1 },
  openOffers: {},
  isLimited: false,
  wasAsked: false,
  sinceOfferedMs: null,
  sinceWonMs: null,
  lately: { offered: 0, accepted: 0, declined: 0 },
  ...change,
});
const needs = { searching: { ace: 1 }, radiusKm: 15 };
const verdicts = (candidates: readonly Candidate[], rules = usualRules) =>
  chooseTransporters(candidates, needs, rules).map(({ id, verdict }) => `${id} ${verdict}`);

describe('a wave', () => {
  test('asks the nearest ten, and says of each other candidate why not', () => {
    const near = Array.from({ length: 12 }, (_, i) =>
      candidate({ id: `t${String(i).padStart(2, '0')}`, distanceKm: 12 - i }),
    );
    const others = [
      candidate({ id: 'far', distanceKm: 16 }),
      candidate({ id: 'again', wasAsked: true }),
      candidate({ id: 'empty', freeTrucks: { ace: 0, open: 3 } }),
      candidate({ id: 'busy', openOffers: { ace: 3 } }),
    ];
    expect(verdicts([...others, ...near])).toEqual([
      ...near.toReversed().map(({ id }, rank) => `${id} ${rank < 10 ? 'asked' : 'beyond_wave'}`),
      'far too_far',
      'again asked_already',
      'empty nothing_free',
      'busy nothing_free',
    ]);
  });

  test('offers a free truck for three orders at once, and two trucks for six', () => {
    const asked = (trucks: number, offers: number) =>
      verdicts([candidate({ freeTrucks: { ace: trucks }, openOffers: { ace: offers } })])[0];
    expect([asked(1, 2), asked(1, 3), asked(2, 5), asked(2, 6)]).toEqual([
      'a asked',
      'a nothing_free',
      'a asked',
      'a nothing_free',
    ]);
  });

  test('asks those last who let their holds lapse, however near they are', () => {
    const late = candidate({ id: 'late', distanceKm: 0.1, isLimited: true });
    expect(verdicts([late, candidate({ distanceKm: 14 })])).toEqual(['a asked', 'late asked']);
  });

  test('names every kind that a transporter can serve, and counts it once', () => {
    const [choice] = chooseTransporters(
      [candidate({ freeTrucks: { ace: 1, open: 2, tanker: 1 } })],
      { searching: { ace: 1, open: 1, dumper: 1, tanker: 0 }, radiusKm: 15 },
    );
    expect(choice?.kinds).toEqual(['ace', 'open']);
  });

  test('names a kind that is offered often enough, if there is room for another kind', () => {
    const busy = candidate({ freeTrucks: { ace: 1, open: 1 }, openOffers: { ace: 3, open: 2 } });
    const needed = { searching: { ace: 1, open: 1 }, radiusKm: 15 };
    expect(chooseTransporters([busy], needed)[0]).toMatchObject({
      verdict: 'asked',
      kinds: ['ace', 'open'],
    });
    const full = candidate({ freeTrucks: { ace: 1, open: 1 }, openOffers: { ace: 3, open: 3 } });
    expect(chooseTransporters([full], needed)[0]).toMatchObject({ verdict: 'nothing_free' });
  });

  test('asks nobody when no truck is open', () => {
    const choices = chooseTransporters([candidate()], { searching: { ace: 0 }, radiusKm: 15 });
    expect(choices.map(({ verdict }) => verdict)).toEqual(['nothing_free']);
  });

  test('can be weighed otherwise: silence and luck may count as kilometres', () => {
    const rules = { ...usualRules, addedKm: { perSilence: 5, perWin: 5 } };
    const silent = candidate({ id: 'silent', lately: { offered: 4, accepted: 0, declined: 0 } });
    const lucky = candidate({ id: 'lucky', distanceKm: 2, sinceWonMs: 0 });
    const usual = candidate({ id: 'usual', distanceKm: 4 });
    expect(verdicts([silent, lucky, usual], rules)).toEqual([
      'usual asked',
      'silent asked',
      'lucky asked',
    ]);
    expect(verdicts([silent, lucky, usual])[0]).toBe('silent asked');
  });
});

describe('a wave that is to hope for an acceptance', () => {
  const hopeful = { ...usualRules, hopedPerOpenTruck: 0.7 };
  const row = (lately: Candidate['lately']) =>
    Array.from({ length: 60 }, (_, i) =>
      candidate({ id: `t${String(i).padStart(2, '0')}`, distanceKm: 1 + i / 10, lately }),
    );
  const asked = (lately: Candidate['lately'], rules = hopeful, open = 1) =>
    chooseTransporters(row(lately), { searching: { ace: open }, radiusKm: 15 }, rules)
      .filter(({ verdict }) => verdict === 'asked')
      .map(({ id }) => id);

  test('asks as many as ever of those who accept now and then, and of those who are new', () => {
    expect(asked({ offered: 50, accepted: 5, declined: 20 })).toHaveLength(10);
    const unknown = { offered: 0, accepted: 0, declined: 0 };
    expect([1, 4, 10].map((open) => asked(unknown, hopeful, open).length)).toEqual([10, 10, 20]);
  });

  test('asks more, the nearest first, where hardly anybody accepts', () => {
    const silent = { offered: 50, accepted: 0, declined: 10 };
    // Each of them is taken to accept 1.5 of 54: 26 of them may be hoped to bring 0.7 trucks.
    expect(asked(silent)).toEqual(
      row(silent)
        .slice(0, 26)
        .map(({ id }) => id),
    );
    expect(asked(silent, usualRules)).toHaveLength(10);
  });

  test('never asks more than the most, and nobody for no truck', () => {
    const silent = { offered: 50, accepted: 0, declined: 0 };
    expect(asked(silent, hopeful, 5)).toHaveLength(50);
    expect(asked(silent, hopeful, 0)).toEqual([]);
  });
});

describe('whatever the candidates are', () => {
  const kinds = ['ace', 'open'] as const;
  const counts = fc.record({ ace: fc.nat(4), open: fc.nat(4) });
  const anyone = fc.record({
    id: fc.uuid(),
    distanceKm: fc.double({ min: 0, max: 40, noNaN: true }),
    freeTrucks: counts,
    openOffers: counts,
    isLimited: fc.boolean(),
    wasAsked: fc.boolean(),
    sinceOfferedMs: fc.option(fc.nat(1e7)),
    sinceWonMs: fc.option(fc.nat(1e7)),
    lately: fc.record({ offered: fc.nat(9), accepted: fc.nat(3), declined: fc.nat(3) }),
  });
  const everyone = fc.uniqueArray(anyone, { selector: ({ id }) => id, maxLength: 80 });
  const wanted = fc.record({ searching: counts, radiusKm: fc.constantFrom(15, 30) });

  test('each gets one verdict, and the sequence in which they came makes no difference', () => {
    fc.assert(
      fc.property(everyone, wanted, (candidates, needed) => {
        const byId = (some: ReturnType<typeof chooseTransporters>) =>
          Object.fromEntries(some.map(({ id, ...rest }) => [id, rest]));
        const choices = chooseTransporters(candidates, needed);
        expect(choices.map(({ id }) => id).toSorted()).toEqual(
          candidates.map(({ id }) => id).toSorted(),
        );
        expect(byId(chooseTransporters(candidates.toReversed(), needed))).toEqual(byId(choices));
      }),
    );
  });

  test('who is asked can serve, is near enough, was not asked, and no nearer one is left out', () => {
    fc.assert(
      fc.property(everyone, wanted, (candidates, needed) => {
        const choices = chooseTransporters(candidates, needed);
        const of = new Map(candidates.map((each) => [each.id, each]));
        const open = needed.searching.ace + needed.searching.open;
        const asked = choices.filter(({ verdict }) => verdict === 'asked');
        expect(asked.length).toBeLessThanOrEqual(Math.min(50, Math.max(10, 2 * open)));
        for (const { id, kinds: served } of asked) {
          const who = of.get(id);
          expect(who?.wasAsked).toBe(false);
          expect(who?.distanceKm).toBeLessThanOrEqual(needed.radiusKm);
          const able = kinds.filter(
            (kind) => needed.searching[kind] > 0 && (who?.freeTrucks[kind] ?? 0) > 0,
          );
          expect([...served].toSorted()).toEqual(able);
          const room = (kind: (typeof kinds)[number]) =>
            3 * (who?.freeTrucks[kind] ?? 0) - (who?.openOffers[kind] ?? 0);
          expect(Math.max(...able.map(room))).toBeGreaterThan(0);
        }
        const furthest = Math.max(...asked.flatMap(({ id }) => kmOf(of.get(id))));
        for (const { id, verdict } of choices) {
          if (verdict !== 'beyond_wave' || of.get(id)?.isLimited) continue;
          expect(of.get(id)?.distanceKm).toBeGreaterThanOrEqual(furthest);
        }
      }),
    );
  });
});

function kmOf(who: Candidate | undefined): readonly number[] {
  return !who || who.isLimited ? [] : [who.distanceKm];
}

describe('a transporter is limited', () => {
  const minutesAgo = (minutes: number) => new Date(Date.UTC(2026, 0, 1, 12) - minutes * 60_000);
  const until = (...lapsed: readonly number[]) =>
    limitedUntil(lapsed.map(minutesAgo), minutesAgo(0))?.toISOString();

  test('for an hour after two holds lapsed within an hour', () => {
    expect(until(10, 50)).toBe('2026-01-01T12:50:00.000Z');
    expect(until(59, 119)).toBe('2026-01-01T12:01:00.000Z');
  });

  test('not for one hold, not for two that lie further apart, and not for longer', () => {
    expect(until()).toBeUndefined();
    expect(until(1)).toBeUndefined();
    expect(until(1, 62)).toBeUndefined();
    expect(until(60, 61)).toBeUndefined();
  });
});
