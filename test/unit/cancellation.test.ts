import { describe, expect, test } from 'vitest';
import type { AssignmentStatus } from '../../src/contract/http/assignments/status.ts';
import type { TruckStatus } from '../../src/contract/http/orders/views.ts';
import {
  cancellationTerms,
  isBlocked,
  needsReason,
  type TruckToCancel,
} from '../../src/orders/ending/cancellation.ts';
import { billOf } from '../../src/orders/stays/bill.ts';
import type { Stay } from '../../src/orders/stays/stay.ts';

const now = new Date('2026-02-01T10:00:00.000Z');
const ago = (minutes: number) => now.getTime() - minutes * 60_000;

const notThere: Stay = { arrivedAtMs: null, verified: false, leftAtMs: null };
const waiting = (minutes: number): Stay => ({
  arrivedAtMs: ago(minutes),
  verified: true,
  leftAtMs: null,
});

function truck(
  status: TruckStatus,
  trip: AssignmentStatus | null = null,
  atPickup = notThere,
): TruckToCancel {
  return {
    id: `${status} ${trip}`,
    status,
    vehicleType: 'open',
    pricePerTruck: 6000,
    trip: trip && { status: trip, atPickup },
  };
}

const feesOf = (...trucks: readonly TruckToCancel[]) => {
  const { stage, fee, rows } = cancellationTerms(trucks, now);
  return [stage, fee, rows.map((each) => each.fee)];
};

describe('what cancelling costs', () => {
  test('is nothing while no driver is assigned, also for held trucks', () => {
    expect(feesOf(truck('searching'), truck('held'))).toEqual(['SEARCHING', 0, [0, 0]]);
  });

  test('is 50 rupees for each truck with a driver, and nothing for those that are over', () => {
    const trucks = [
      truck('assigned', 'pending'),
      truck('assigned', 'en_route_pickup'),
      truck('searching'),
      truck('expired'),
      truck('completed', 'completed'),
    ];
    expect(feesOf(...trucks)).toEqual(['DRIVER_ASSIGNED', 100, [50, 50, 0]]);
  });

  test('is 100 rupees at the pickup, and 5 more for each minute after the first 5', () => {
    expect(feesOf(truck('in_progress', 'at_pickup', waiting(5)))).toEqual([
      'AT_PICKUP',
      100,
      [100],
    ]);
    expect(feesOf(truck('in_progress', 'at_pickup', waiting(12)))).toEqual([
      'AT_PICKUP',
      135,
      [135],
    ]);
  });

  test('is that of the pickup as soon as a position shows the truck there', () => {
    expect(feesOf(truck('assigned', 'driver_accepted', waiting(12)))).toEqual([
      'AT_PICKUP',
      135,
      [135],
    ]);
  });

  test('is the largest of three figures once the truck is loaded', () => {
    const loaded = (minutes: number, pricePerTruck: number) =>
      feesOf({ ...truck('in_progress', 'loading_complete', waiting(minutes)), pricePerTruck })[1];
    expect(loaded(0, 300)).toBe(100);
    expect(loaded(0, 6000)).toBe(1800);
    expect(loaded(605, 6000)).toBe(3000);
  });

  test('goes by each truck: one at the pickup does not make the others dearer', () => {
    const trucks = [truck('assigned', 'pending'), truck('in_progress', 'at_pickup', waiting(1))];
    expect(feesOf(...trucks)).toEqual(['AT_PICKUP', 150, [50, 100]]);
  });
});

test('one truck on the road blocks the whole order, and from the pickup on a reason is needed', () => {
  const terms = (...trips: readonly AssignmentStatus[]) =>
    cancellationTerms(
      trips.map((trip) => truck('in_progress', trip)),
      now,
    );
  expect(isBlocked(terms('pending', 'in_transit'))).toBe(true);
  expect(isBlocked(terms('arrived_at_drop'))).toBe(true);
  expect(isBlocked(terms('loading_complete'))).toBe(false);
  expect(needsReason(terms('at_pickup'))).toBe(true);
  expect(needsReason(terms('en_route_pickup'))).toBe(false);
});

describe('the bill of a truck', () => {
  const bill = (pickup: Stay, drop: Stay = notThere) =>
    billOf({ pricePerTruck: 6000, vehicleType: 'open', stays: { pickup, drop } }, now);

  test('is the agreed price as long as the truck has arrived nowhere', () => {
    expect(bill(notThere)).toMatchObject({ total: 6000, lines: [{ kind: 'fare', amount: 6000 }] });
  });

  test('has a line for each place at which the truck has waited, also if that costs nothing', () => {
    const left = { arrivedAtMs: ago(60), verified: false, leftAtMs: ago(37) };
    expect(bill(left, waiting(4))).toMatchObject({
      total: 6090,
      lines: [
        { kind: 'fare' },
        { kind: 'waiting_at_pickup', minutes: 23, freeMinutes: 5, amount: 90, verified: false },
        { kind: 'waiting_at_drop', minutes: 4, amount: 0, to: null, verified: true },
      ],
    });
  });

  test('goes up by the minute while a truck waits, and no more once it has left', () => {
    const later = new Date(ago(-10));
    const stays = { pickup: waiting(5), drop: notThere };
    const of = (at: Date, pickup = stays.pickup) =>
      billOf({ pricePerTruck: 0, vehicleType: 'open', stays: { ...stays, pickup } }, at).total;
    expect([of(now), of(later)]).toEqual([0, 50]);
    const left = { ...waiting(5), leftAtMs: now.getTime() };
    expect([of(now, left), of(later, left)]).toEqual([0, 0]);
  });
});
