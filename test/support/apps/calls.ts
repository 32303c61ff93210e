import { randomUUID } from 'node:crypto';
import { expect, vi } from 'vitest';
import { northOf, type open17, type tataAce } from '../worlds/street.ts';
import * as answers from './answers.ts';
import type { User, Vehicle } from './people.ts';

/* What the two apps do again and again: an order, and how a transporter comes to its trip. */

export const patience = { timeout: 20_000, interval: 200 };
export const pickup = { latitude: 12.9352, longitude: 77.6245 };
export const stop = northOf(pickup, 4);
export const drop = northOf(pickup, 9);
export const keyed = () => ({ 'x-idempotency-key': randomUUID() });
export const bengaluru = { city: 'Bengaluru', state: 'Karnataka' };
export const named = (address: string, position: typeof pickup) => ({ ...position, address });

export const newOrder = (kind: typeof tataAce | typeof open17, pricePerTruck = 5000) => ({
  pickup: { ...named('80 Feet Road, Koramangala', pickup), ...bengaluru },
  drop: named('Residency Road', drop),
  distanceKm: 9,
  vehicleRequirements: [{ ...kind, quantity: 1, pricePerTruck }],
  goodsType: 'General',
});

/** The transporter's feed, once this order is in it. */
export const offered = ({ app }: User, orderId: string) =>
  vi.waitFor(async () => {
    const feed = await app.get('bookings/requests/active', answers.Feed);
    const ids = feed.orders.map(({ order }) => order.id);
    expect(ids, 'what is on offer').toContain(orderId);
    return feed;
  }, patience);

export const lineOf = (
  orderId: string,
  { vehicleType, vehicleSubtype }: Vehicle,
  quantity = 1,
) => ({
  orderId,
  vehicleType,
  vehicleSubtype,
  quantity,
});

/** The Captain app of a transporter holds one truck, and looks whether it has it. */
export async function holds({ app }: User, orderId: string, vehicle: Vehicle): Promise<string> {
  const line = lineOf(orderId, vehicle);
  const hold = await app.say('POST', 'truck-hold/hold', line, answers.Held, keyed());
  const { vehicleType, vehicleSubtype } = line;
  const asked = new URLSearchParams({ orderId, vehicleType, vehicleSubtype });
  const mine = await app.get(`truck-hold/my-active?${asked.toString()}`, answers.MyHold);
  expect(mine).toMatchObject({ holdId: hold.holdId, quantity: hold.heldQuantity });
  return hold.holdId;
}

export const confirming = (holdId: string, vehicle: Vehicle, driver: User) =>
  [
    'POST',
    'truck-hold/confirm-with-assignments',
    { holdId, assignments: [{ vehicleId: vehicle.id, driverId: driver.id }] },
  ] as const;

export async function confirms({ app }: User, ...which: Parameters<typeof confirming>) {
  const { tripIds } = await app.say(...confirming(...which), answers.Confirmed, keyed());
  return tripIds[0] ?? expect.fail('No trip');
}

export const orders = (
  { app }: User,
  body: object,
  {
    path = 'bookings/orders',
    key = keyed(),
  }: { path?: string; key?: ReturnType<typeof keyed> } = {},
) => app.say('POST', path, body, answers.PlacedOrder, key);

export const movesTo = ({ app }: User, tripId: string, status: string) =>
  app.say('PUT', `tracking/trip/${tripId}/status`, { status }, answers.Done);

/** The app says so every five seconds. Here it may come too early: then it is refused, and does no harm. */
export async function staysOnline({ app }: User): Promise<void> {
  const beat = { ...northOf(pickup, 1), vehicleId: null, isOnTrip: false };
  await app.say('POST', 'transporter/heartbeat', beat, answers.Beaten).catch(() => undefined);
}
