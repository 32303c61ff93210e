import { describe, expect, test } from 'vitest';
import { usualRules } from '../../src/dispatch/choose-transporters.ts';
import { Agenda } from '../../city/simulator/agenda.ts';
import { figuresOf, giniOf } from '../../city/simulator/figures.ts';
import { brokenIn } from '../../city/simulator/invariants.ts';
import type { LiveCaptain, LiveTruck } from '../../city/simulator/live.ts';
import type { Market } from '../../city/simulator/market.ts';
import { everybody, exclusive, ours, oursWith, policies } from '../../city/simulator/policies.ts';
import { simulate } from '../../city/simulator/simulate.ts';
import { placesOf } from '../../city/world/places.ts';
import { makeWorld, type World } from '../../city/world/world.ts';

const places = await placesOf('noida');

/** The first orders of a day, close together, so that they compete for few trucks. */
function rush(seed: number, supply = 0.3): World {
  const world = makeWorld({ city: 'noida', seed, supply, willingness: 0.1, answers: 0 }, places);
  const orders = world.orders
    .filter(({ atSeconds }) => atSeconds > 9 * 3600)
    .slice(0, 60)
    .map((order, index) => ({ ...order, index, atSeconds: 10 * 3600 + index * 20 }));
  return { ...world, orders };
}

describe('the virtual clock', () => {
  test('has everything happen in its sequence, also what is noted meanwhile', () => {
    const agenda = new Agenda();
    const heard: string[] = [];
    const hear = (what: string) => () => void heard.push(`${agenda.now} ${what}`);
    for (const at of [5, 3, 9, 1, 7, 3]) agenda.at(at, hear('noted'));
    agenda.at(3, () => {
      agenda.after(0, hear('at once'));
      agenda.at(1, hear('too late'));
      agenda.after(3, hear('after three'));
    });
    let steps = 0;
    agenda.run(() => (steps += 1));
    expect(heard).toEqual([
      '1 noted',
      '3 noted',
      '3 noted',
      '3 at once',
      '3 too late',
      '5 noted',
      '6 after three',
      '7 noted',
      '9 noted',
    ]);
    expect(steps).toBe(10);
  });
});

describe.each(policies.map((policy) => [policy.name, policy] as const))('under %s', (_, policy) => {
  test.each([1, 2])('no promise is broken at any moment of rush %i', (seed) => {
    let steps = 0;
    const market = simulate(rush(seed), policy, (now) => {
      steps += 1;
      const broken = brokenIn(now);
      if (broken.length > 0) throw new Error(`After ${steps} steps: ${broken.join('; ')}`);
    });
    expect(steps).toBeGreaterThan(500);
    expect(market.counts.filled).toBeGreaterThan(10);
    // Whatever began has ended.
    expect(market.orders.map(({ status }) => status)).not.toContain('in_progress');
    expect(market.captains.flatMap(({ vehicles }) => vehicles.filter(({ on }) => on))).toEqual([]);
  });

  test('the same world gives the same day, to the last digit', () => {
    const live = () => JSON.stringify(figuresOf(simulate(rush(3), policy), policy));
    expect(live()).toBe(live());
  });
});

describe('a promise that is broken is found', () => {
  const broken = (breaks: (market: Market) => void): string => {
    const market: Market = simulate(rush(1), ours);
    expect(brokenIn(market)).toEqual([]);
    breaks(market);
    return brokenIn(market).join('; ');
  };
  const filled = ({ orders }: Market): LiveTruck => {
    const truck = orders
      .flatMap(({ trucks }) => trucks)
      .find(({ status }) => status === 'completed');
    if (!truck) throw new Error('Nothing was filled');
    return truck;
  };
  const fleet = ({ captains }: Market): LiveCaptain => {
    const captain = captains.find(({ vehicles }) => vehicles.length > 1);
    if (!captain) throw new Error('There is no fleet');
    return captain;
  };

  test.each([
    [
      'a vehicle on a truck that is done, and a truck with two vehicles',
      (market: Market) => {
        for (const vehicle of fleet(market).vehicles) vehicle.on = filled(market);
      },
      'Vehicles and trucks do not belong together one by one',
    ],
    [
      'an order with more trucks than it needs',
      ({ orders: [order] }: Market) => order?.trucks.push(...order.trucks),
      'has more trucks than it needs',
    ],
    [
      'a truck that is held by nobody',
      (market: Market) => {
        filled(market).status = 'held';
      },
      'held by nobody',
    ],
    [
      'a closed order with a live offer',
      ({ captains }: Market) => {
        for (const {
          offers: [offer],
        } of captains)
          if (offer) offer.isOpen = true;
      },
      'is closed, and has a live offer',
    ],
    [
      'a fleet that has promised too much',
      (market: Market) => {
        const { held, vehicles } = fleet(market);
        for (const { plan } of vehicles) held.set(plan.kind, 99);
      },
      'has promised more trucks than it has',
    ],
    [
      'a status that does not follow from its trucks',
      ({ orders: [order] }: Market) => order && (order.status = 'broadcasting'),
      'and should be',
    ],
  ] as const)('%s', (_, breaks, sentence) => {
    expect(broken((market) => void breaks(market))).toContain(sentence);
  });
});

describe('policies', () => {
  const market = (policy: typeof ours) => simulate(rush(1, 1), policy);

  test('ours asks ten at first, and then further ones on the waves of the contract', () => {
    const { orders } = market(ours);
    for (const { asked, plan, trucks } of orders) {
      const rounds = Map.groupBy([...asked.values()], ({ at }) => Math.round(at - plan.atSeconds));
      for (const [seconds, offers] of rounds) {
        expect([0, 15, 30, 45]).toContain(seconds);
        expect(offers.length).toBeLessThanOrEqual(Math.max(10, 2 * trucks.length));
      }
    }
    expect(orders.some(({ asked }) => asked.size > 10)).toBe(true);
  });

  test('the nearest one alone is asked for one truck by one', () => {
    simulate(rush(1, 1), exclusive, ({ orders }) => {
      for (const { asked, needed } of orders) {
        const waiting = [...asked.values()].filter(({ isOpen, answer }) => isOpen && !answer);
        expect(waiting.length).toBeLessThanOrEqual(needed);
      }
    });
  });

  test('everybody at once takes more offers', () => {
    const offers = (policy: typeof ours) => market(policy).counts.offers;
    expect(offers(everybody)).toBeGreaterThan(2 * offers(ours));
  });

  test('a rule of production changes what happens', () => {
    const two = oursWith('two', 'waves of two', { ...usualRules, least: 2, perOpenTruck: 1 });
    expect(market(two).counts.offers).toBeLessThan(market(ours).counts.offers / 2);
  });
});

test('the Gini coefficient is nothing if all have the same, and almost one if one has all', () => {
  expect(giniOf([3, 3, 3, 3])).toBeCloseTo(0, 12);
  expect(giniOf([0, 0, 0, 8])).toBeCloseTo(0.75, 12);
  expect(giniOf([1, 2, 3, 4])).toBeCloseTo(0.25, 12);
  expect(giniOf([0, 0])).toBe(0);
});
