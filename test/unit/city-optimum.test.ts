import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hindsight, replacedWithin } from '../../city/optimum/hindsight.ts';
import { mostCovered, type Chains } from '../../city/optimum/most-covered.ts';
import { policies } from '../../city/simulator/policies.ts';
import { simulate } from '../../city/simulator/simulate.ts';
import { placesOf } from '../../city/world/places.ts';
import { makeWorld } from '../../city/world/world.ts';

/** Every way to give each start a chain, tried out. */
function tried({ firsts, nexts }: Chains, start = 0, taken = new Set<number>()): number {
  if (start === firsts.length) return 0;
  const none = tried({ tasks: 0, firsts, nexts }, start + 1, taken);
  return Math.max(none, ...(firsts[start] ?? []).map((first) => along(first)));

  function along(task: number): number {
    if (taken.has(task)) return 0;
    taken.add(task);
    const ends = tried({ tasks: 0, firsts, nexts }, start + 1, taken);
    const best = Math.max(ends, ...(nexts[task] ?? []).map((next) => along(next)));
    taken.delete(task);
    return 1 + best;
  }
}

describe('the most tasks that chains can cover', () => {
  test('are found where the longest chain first is wrong', () => {
    // The first start alone could do 0, 1 and 2; but the second one can only do 1.
    const chains = { tasks: 4, firsts: [[0], [1]], nexts: [[1, 2], [2, 3], [3], []] };
    expect(mostCovered(chains)).toBe(4);
    expect(mostCovered({ tasks: 3, firsts: [[0, 1], [0]], nexts: [[2], [], []] })).toBe(3);
  });

  test('are nothing without starts, and without tasks', () => {
    expect(mostCovered({ tasks: 0, firsts: [[], []], nexts: [] })).toBe(0);
    expect(mostCovered({ tasks: 2, firsts: [], nexts: [[1], []] })).toBe(0);
  });

  test('are as many as by trying every way', () => {
    const chains = fc.integer({ min: 1, max: 7 }).chain((tasks) => {
      const some = (from: number) =>
        fc.subarray(Array.from({ length: tasks - from }, (_, i) => from + i));
      return fc.record({
        tasks: fc.constant(tasks),
        firsts: fc.array(some(0), { minLength: 1, maxLength: 3 }),
        nexts: fc.tuple(...Array.from({ length: tasks }, (_, task) => some(task + 1))),
      });
    });
    fc.assert(
      fc.property(chains, (each) => {
        expect(mostCovered(each)).toBe(tried(each));
      }),
      { numRuns: 1500 },
    );
  });
});

describe('in hindsight', () => {
  const within60 = policies.filter(({ searchSeconds }) => searchSeconds <= 60);

  test.each([
    { city: 'noida', supply: 0.05 },
    { city: 'noida', supply: 0.2 },
    { city: 'bengaluru', supply: 0.5 },
  ] as const)('nobody fills more: $city, $supply of the trucks', async ({ city, supply }) => {
    const places = await placesOf(city);
    for (const [seed, willingness] of [
      [1, 0.5],
      [2, 0],
      [3, 0.2],
    ] as const) {
      const world = makeWorld({ city, seed, supply, willingness, answers: 0 }, places);
      const most = hindsight(world);
      const wanted = world.orders.flatMap(({ trucks }) => trucks).length;
      expect(most).toBeGreaterThan(0);
      expect(most).toBeLessThanOrEqual(wanted);
      for (const policy of within60) {
        const trucks = simulate(world, policy).orders.flatMap((order) =>
          order.trucks
            .filter(({ status }) => status === 'completed')
            .map(({ mannedAt = 0 }) => mannedAt - order.plan.atSeconds),
        );
        const inTime = trucks.filter((after) => after <= 60 + replacedWithin);
        expect(inTime.length, `${policy.name}, seed ${seed}`).toBeLessThanOrEqual(most);
        expect(trucks.length - inTime.length).toBeLessThan(trucks.length * 0.02 + 3);
      }
    }
  });

  test('it is less where there are fewer trucks, and where fewer are willing', async () => {
    const places = await placesOf('nagpur');
    const most = (supply: number, willingness: number) =>
      hindsight(makeWorld({ city: 'nagpur', seed: 1, supply, willingness, answers: 0 }, places));
    expect(most(0.2, 0)).toBeLessThan(most(0.5, 0));
    expect(most(0.2, -0.3)).toBeLessThan(most(0.2, 0));
  });

  test('one truck is on one trip at a time, and on as many as its hours allow', async () => {
    const hour = 3600;
    const setting = { city: 'noida', seed: 1, supply: 1, willingness: 1, answers: 0 } as const;
    const world = makeWorld(setting, await placesOf('noida'));
    const captain = world.captains.find(({ vehicles }) => vehicles.length === 1);
    const vehicle = world.vehicles[captain?.vehicles[0] ?? -1];
    if (!captain || !vehicle) throw new Error('Nobody drives a truck of its own');
    const online = { from: 6 * hour, until: 20 * hour };
    const captains = world.captains.with(captain.index, { ...captain, online, outages: [] });
    const most = (orders: typeof world.orders) =>
      hindsight({ ...world, captains, vehicles: [{ ...vehicle, index: 0 }], orders });
    const at = (hours: number, index: number) => ({
      ...there(taken[index]),
      atSeconds: hours * hour,
    });
    const taken = world.orders
      .filter(({ trucks: [truck, second] }) => truck?.kind === vehicle.kind && !second)
      .map((order) => ({ ...order, drop: order.pickup }))
      .filter((order) => most([{ ...order, atSeconds: 10 * hour }]) === 1);
    expect(taken.length).toBeGreaterThan(5);
    expect(most([at(10, 0), at(10.05, 1)])).toBe(1);
    expect(most([at(7, 0), at(12, 1), at(17, 2)])).toBe(3);
    expect(most([at(7, 0), at(12, 1), at(12.05, 2), at(17, 3)])).toBe(3);
    expect(most([at(7, 0), at(20.1, 1)])).toBe(1);
    expect(most([at(5.9, 0)])).toBe(0);
  });
});

function there<T>(each: T | undefined): T {
  if (each === undefined) throw new Error('It is not there');
  return each;
}
