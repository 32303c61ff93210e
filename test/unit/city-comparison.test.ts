import { describe, expect, test } from 'vitest';
import { comparisonOf } from '../../bench/city/comparison.ts';
import { offerDelayOf } from '../../bench/city/offer-delay.ts';
import { comparisonTable } from '../../bench/city/page.ts';
import { distanceFrom, predictedRuns, predictionOf } from '../../bench/city/prediction.ts';
import { figuresOfRun, type OrderOutcome } from '../../bench/city/run-figures.ts';
import { asInAStage, ordersOf } from '../../bench/city/stage-life.ts';
import type { StageRun } from '../../bench/city/stage-run.ts';
import { countedOf, type CityWish } from '../../bench/city/wish.ts';
import type { Heard } from '../../bench/soak/heard.ts';
import { Agenda } from '../../city/simulator/agenda.ts';
import { Moving } from '../../city/simulator/moving.ts';
import { placesOf } from '../../city/world/places.ts';
import { makeWorld } from '../../city/world/world.ts';

const wish: CityWish = { city: 'noida', seed: 1, captains: 40, every: 10, minutes: 5 };
const times = { beganAt: new Date('2026-11-30T05:30:00.000Z'), offerSeconds: 0.2 };

describe('what the simulator predicts', () => {
  test('is where its own runs lie, and not where a slower run lies', async () => {
    const runs = await predictedRuns(wish, times, 60);
    const [other, ...rest] = runs;
    if (!other) throw new Error('There are no runs');
    const run: StageRun = {
      figures: other,
      times,
      orders: 30,
      trucks: 45,
      missing: 0,
      problems: [],
      idle: 0.5,
      load: 1,
    };
    const { figures } = comparisonOf(wish, run, rest);
    expect(figures.find(({ name }) => name === 'firstHold')?.distance).toBeLessThanOrEqual(1.5);
    // Whoever answers ten seconds later is another city.
    const late = { ...other, firstHold: other.firstHold + 20, filled: 0.02 };
    const table = comparisonTable(comparisonOf(wish, { ...run, figures: late }, rest));
    expect(table).toMatch(/first hold, s .* \*\*no\*\*/);
    expect(table).toMatch(/trucks filled, % .* \*\*no\*\*/);
  });

  test('moves with how long news takes', async () => {
    const firstHold = async (offerSeconds: number) => {
      const runs = await predictedRuns(wish, { ...times, offerSeconds }, 20);
      return predictionOf(runs.map((run) => run.firstHold)).mean;
    };
    expect((await firstHold(3.2)) - (await firstHold(0.2))).toBeGreaterThan(1);
  });

  test('is of the orders and captains of the stage, at its time of day', async () => {
    const places = await placesOf('noida');
    const setting = { city: 'noida', seed: 1, supply: 0.2, willingness: 0, answers: 1 } as const;
    const day = makeWorld(setting, places);
    const { orders, captains } = asInAStage(day, wish, times);
    expect(captains.map(({ home }) => home)).toEqual(day.captains.map(({ home }) => home));
    expect(orders.map(({ pickup }) => pickup)).toEqual(
      ordersOf(day, orders.length).map(({ pickup }) => pickup),
    );
    // 05:30 in UTC is 11:00 in India.
    expect(orders.slice(0, 2).map(({ atSeconds }) => atSeconds)).toEqual([39_600, 39_610]);
    expect(captains.every(({ online }) => online.from === 39_600)).toBe(true);
    expect(orders.length).toBeGreaterThan(countedOf(wish));
    // Somebody offers less than the least for a truck, and then takes the quote.
    const dearer = orders.filter(({ price }, index) => price > (day.orders[index]?.price ?? 2));
    expect(dearer.every(({ price }) => price === 1)).toBe(true);
    expect(dearer.length).toBeLessThan(orders.length / 4);
  });
});

test('an interval holds 95 of a hundred numbers, and the distance counts from its middle', () => {
  const hundred = Array.from({ length: 201 }, (_, index) => index);
  const prediction = predictionOf(hundred);
  expect(prediction).toEqual({ mean: 100, low: 5, high: 195 });
  expect(distanceFrom(prediction, 100)).toBe(0);
  expect(distanceFrom(prediction, 195)).toBe(1);
  expect(distanceFrom(prediction, 196)).toBeGreaterThan(1);
  expect(distanceFrom({ mean: 1, low: 1, high: 1 }, 1)).toBe(0);
  expect(distanceFrom({ mean: 1, low: 1, high: 1 }, 2)).toBe(Infinity);
});

test('the figures of a run count trucks and orders', () => {
  const order: OrderOutcome = {
    trucks: 1,
    came: 1,
    crewed: 1,
    offers: 4,
    firstHeldAfter: 8,
    searchedFor: 30,
  };
  const lost = { ...order, trucks: 3, came: 0, crewed: 1, firstHeldAfter: null, searchedFor: 60 };
  expect(figuresOfRun([order, { ...order, firstHeldAfter: 10 }, lost])).toEqual({
    filled: 2 / 5,
    firstHold: 10,
    held: 2 / 3,
    offers: 4,
    uncrewed: 1 - 3 / 5,
  });
});

test('the delay of offers is counted from their wave, once for each phone', () => {
  const createdAt = new Date(0).toISOString();
  const heard = (at: number, user: string): Heard => ({
    at,
    role: 'transporter',
    user,
    event: 'new_broadcast',
    data: { orderId: 'order', createdAt },
  });
  expect(
    offerDelayOf([heard(200, 'a'), heard(15_300, 'b'), heard(30_400, 'c'), heard(9000, 'a')]),
  ).toBe(0.3);
});

test('what drives is where the clock says, and stands where it stops', () => {
  const clock = new Agenda();
  const from = { latitude: 28, longitude: 77 };
  const to = { latitude: 29, longitude: 78 };
  const moving = new Moving(clock, from);
  clock.at(10, () => moving.driveTo(to, 100));
  clock.at(35, () => expect(moving.at).toEqual({ latitude: 28.25, longitude: 77.25 }));
  clock.at(60, () => moving.standAt(moving.at));
  clock.at(500, () => expect(moving.at).toEqual({ latitude: 28.5, longitude: 77.5 }));
  let steps = 0;
  clock.run(() => (steps += 1));
  expect(steps).toBe(4);
});
