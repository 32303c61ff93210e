import { expect, test } from 'vitest';
import {
  marketWorld,
  tataAce,
  type Driver,
  type Transporter,
} from '../support/worlds/market-world.ts';

const world = await marketWorld();
const { orders, search } = world;
const ace = { vehicleType: 'mini', vehicleSubtype: 'Mini Truck - Tata Ace' };

/** Everything that there is to see of an order, as PostgreSQL has it. */
const stateOf = (orderId: string) =>
  world.sql(
    `SELECT o.event_version, o.status, o.claimed, o.filled,
            (SELECT jsonb_agg(t ORDER BY t.number) FROM weelo.truck_requests AS t WHERE t.order_id = o.id) AS trucks,
            (SELECT jsonb_agg(f ORDER BY f.transporter_id) FROM weelo.offers AS f WHERE f.order_id = o.id) AS offers,
            (SELECT jsonb_agg(h ORDER BY h.id) FROM weelo.holds AS h WHERE h.order_id = o.id) AS holds,
            (SELECT jsonb_agg(a ORDER BY a.id) FROM weelo.assignments AS a WHERE a.order_id = o.id) AS assignments
     FROM weelo.orders AS o WHERE o.id = $1`,
    [orderId],
  );

test('every route of offers, holds and assignments, walked by others: nothing is shown or changed', async () => {
  const { orderId, transporters } = await search({ fleets: [{ kinds: [tataAce] }] });
  const [owner] = transporters as [Transporter];
  const held = await orders.holdTrucks({
    token: owner.token,
    body: { orderId, ...ace, quantity: 1 },
  });
  const holdId = held.body?.holdId ?? '';
  const pair = { vehicleId: owner.vehicles[0] ?? '', driverId: owner.drivers[0]?.id ?? '' };
  const stranger = await world.transporter({ km: 500 });
  const [strangersDriver] = stranger.drivers as [Driver];
  const { token } = stranger;
  const params = { id: orderId };
  const before = await stateOf(orderId);

  const refusals = [
    await orders.getBroadcast({ token, params }),
    await orders.getBroadcastSnapshot({ token, params }),
    await orders.declineBroadcast({ token, params, body: {} }),
    await orders.acceptBroadcast({ token, params, body: pair }),
    await orders.holdTrucks({ token, body: { orderId, ...ace, quantity: 1 } }),
    await orders.confirmHold({ token, body: { holdId, assignments: [pair] } }),
    await orders.releaseHold({ token, body: { holdId } }),
    await orders.explainSearch({ token: (await world.customer()).token, params }),
  ];
  expect(refusals.map(({ error }) => [error?.status, error?.code])).toEqual([
    [404, 'ORDER_NOT_FOUND'],
    [404, 'ORDER_NOT_FOUND'],
    [404, 'ORDER_NOT_FOUND'],
    [404, 'ORDER_NOT_FOUND'],
    [404, 'ORDER_NOT_FOUND'],
    [404, 'HOLD_NOT_FOUND'],
    [404, 'HOLD_NOT_FOUND'],
    [404, 'ORDER_NOT_FOUND'],
  ]);
  const mine = await orders.getActiveHold({ token, query: { orderId, ...ace } });
  expect(mine.body).toBeNull();
  expect((await orders.listRequests({ token, query: {} })).body?.orders).toEqual([]);
  expect(await stateOf(orderId)).toEqual(before);

  const { body } = await orders.confirmHold({
    token: owner.token,
    body: { holdId, assignments: [pair] },
  });
  const trip = { id: body?.assignmentIds[0] ?? '' };
  const after = await stateOf(orderId);
  const driver = strangersDriver.token;
  const reason = 'Not mine';
  const others = [
    await orders.getAssignment({ token, params: trip }),
    await orders.getAssignment({ token: driver, params: trip }),
    await orders.acceptAssignment({ token: driver, params: trip }),
    await orders.declineAssignment({ token: driver, params: trip, body: { reason } }),
    await orders.cancelAssignment({ token, params: trip, body: { reason } }),
    await orders.cancelAssignment({ token: driver, params: trip, body: { reason } }),
  ];
  expect(new Set(others.map(({ error }) => error?.code))).toEqual(
    new Set(['ASSIGNMENT_NOT_FOUND']),
  );
  const list = await orders.listDriverAssignments({ token: driver, query: {} });
  expect(list.body?.assignments).toEqual([]);
  // The owner's other driver is not on this trip either.
  const colleague = await world.driver(owner.id);
  const theirs = await orders.acceptAssignment({ token: colleague.token, params: trip });
  expect(theirs.error?.code).toBe('ASSIGNMENT_NOT_FOUND');
  expect(await stateOf(orderId)).toEqual(after);
});
