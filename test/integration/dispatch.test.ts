import { expect, test } from 'vitest';
import { documentedOrder } from '../support/worlds/order-world.ts';
import {
  aces,
  marketWorld,
  open17s,
  openTruck,
  somewhere,
  tataAce,
} from '../support/worlds/market-world.ts';

const world = await marketWorld();
const { orders, allTold, wave } = world;

async function placed(order: object) {
  const { id: customerId, token } = await world.customer();
  const { body } = await world.place(token, { order: { ...documentedOrder, ...order } });
  const orderId = body?.order.id ?? '';
  expect(orderId).not.toBe('');
  return { orderId, customerId, token, params: { id: orderId } };
}

const named = (events: readonly Record<string, unknown>[], name: string) =>
  events.filter(({ event }) => event === name);

test('a search, from the first wave to the drivers', async () => {
  const places = somewhere();
  const from = places.pickup;
  const both = await world.transporter({ km: 1, kinds: [tataAce, tataAce, openTruck], from });
  const only = await world.transporter({ km: 2, kinds: [openTruck], from });
  const far = await world.transporter({ km: 40, kinds: [tataAce], from });
  const order = await placed({ ...places, vehicleRequirements: [aces(2), open17s(1)] });
  await allTold();

  await wave(order.orderId);
  const offers = named(await allTold(), 'new_broadcast');
  expect(offers.map(({ to }) => to)).toEqual([[both.id], [only.id]]);
  const lines = offers.map(
    ({ data }) => (data as { requestedVehicles: object[] }).requestedVehicles,
  );
  expect(lines).toMatchObject([
    [
      { vehicleType: 'mini', count: 2, searchingCount: 2, trucksYouCanProvide: 2 },
      { vehicleType: 'open', count: 1, searchingCount: 1, trucksYouCanProvide: 1 },
    ],
    [{ vehicleType: 'open', count: 1 }],
  ]);
  expect(offers[0]?.['data']).toMatchObject({
    customerName: 'Asha',
    customerPhone: expect.stringMatching(/^\d\dxxxxxx\d\d$/) as string,
  });

  const { body: state } = await orders.getOrderStatus(order);
  expect(state).toMatchObject({
    notifiedTransporters: 2,
    onlineCandidates: 2,
    dispatchAttempts: 1,
  });

  const { body: feed } = await orders.listRequests({ token: both.token, query: {} });
  expect(feed?.orders.map((each) => each.requests.length)).toEqual([3]);
  const { body: farFeed } = await orders.listRequests({ token: far.token, query: {} });
  expect(farFeed?.count).toBe(0);

  const hold = await orders.holdTrucks({
    token: both.token,
    body: {
      orderId: order.orderId,
      vehicleType: 'mini',
      vehicleSubtype: 'Mini Truck - Tata Ace',
      quantity: 2,
    },
  });
  expect(hold.error).toBeUndefined();
  const told = named(await allTold(), 'trucks_remaining_update');
  // Whoever has no small truck has no line of them.
  expect(told).toMatchObject([
    { to: [both.id], data: { vehicleType: 'mini', totalTrucks: 2, trucksRemaining: 0 } },
  ]);

  const confirmed = await orders.confirmHold({
    token: both.token,
    body: {
      holdId: hold.body?.holdId ?? '',
      assignments: both.drivers.slice(0, 2).map((driver, i) => ({
        driverId: driver.id,
        vehicleId: both.vehicles[i] ?? '',
      })),
    },
  });
  expect(confirmed.error).toBeUndefined();
  const events = await allTold();
  expect(named(events, 'truck_assigned')).toHaveLength(2);
  expect(named(events, 'trip_assigned').map(({ to }) => to)).toEqual(
    both.drivers.slice(0, 2).map(({ id }) => [id]),
  );
  expect(named(events, 'trucks_remaining_update')[0]?.['data']).toMatchObject({
    status: 'partially_filled',
    trucksFilled: 2,
    trucksRemaining: 1,
  });

  const accepted = await orders.acceptBroadcast({
    token: only.token,
    params: { id: order.orderId },
    body: { vehicleId: only.vehicles[0] ?? '', driverId: only.drivers[0]?.id ?? '' },
  });
  expect(accepted.error).toBeUndefined();
  const filled = await allTold();
  expect(named(filled, 'booking_fully_filled').map(({ to }) => to)).toEqual([
    [order.customerId],
    expect.arrayContaining([both.id, only.id]),
  ]);

  const [tripId = ''] = confirmed.body?.tripIds ?? [];
  const trip = await orders.acceptAssignment({
    token: both.drivers[0]?.token ?? '',
    params: { id: tripId },
  });
  expect(trip.body).toMatchObject({ status: 'driver_accepted', customerName: 'Asha' });
  expect((await allTold()).map(({ event }) => event)).toEqual([
    'driver_accepted',
    'assignment_status_changed',
  ]);
  const { body: trucks } = await orders.listBookingTrucks(order);
  expect(trucks?.trucks.map(({ status }) => status)).toEqual([
    'driver_accepted',
    'pending',
    'pending',
  ]);
  const { body: explained } = await orders.explainSearch(order);
  expect(explained).toMatchObject({ asked: 2, accepted: 2, status: 'fully_filled' });
});
