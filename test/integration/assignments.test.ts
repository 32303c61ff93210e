import { describe, expect, test } from 'vitest';
import {
  aces,
  marketWorld,
  tataAce,
  type Driver,
  type Transporter,
} from '../support/worlds/market-world.ts';

const world = await marketWorld();
const { orders, allTold, ageAnswers, search } = world;

const ace = { vehicleType: 'mini', vehicleSubtype: 'Mini Truck - Tata Ace' };
const named = (events: readonly Record<string, unknown>[], name: string) =>
  events.filter(({ event }) => event === name);

/** An order of so many trucks, all assigned to one transporter, whose drivers have not answered yet. */
async function assigned(trucks = 1) {
  const { transporters, ...order } = await search({
    trucks: [aces(trucks)],
    fleets: [{ kinds: Array.from({ length: trucks }, () => tataAce) }, {}],
  });
  const [owner, other] = transporters as [Transporter, Transporter];
  const { body } = await orders.holdTrucks({
    token: owner.token,
    body: { orderId: order.orderId, ...ace, quantity: trucks },
  });
  const assignments = owner.vehicles.map((vehicleId, i) => ({
    vehicleId,
    driverId: owner.drivers[i]?.id ?? '',
  }));
  const holdId = body?.holdId ?? '';
  const confirmed = await orders.confirmHold({
    token: owner.token,
    body: { holdId, assignments },
  });
  await allTold();
  const [driver] = owner.drivers as [Driver];
  const ids = confirmed.body?.assignmentIds ?? [];
  return { ...order, owner, other, driver, holdId, ids, params: { id: ids[0] ?? '' } };
}

const statusOf = async (token: string, id: string) =>
  (await orders.getOrderStatus({ token, params: { id } })).body?.status;

const vehicleStatus = async ({ vehicles }: Transporter) => {
  const [row] = (await world.sql('SELECT status FROM weelo.vehicles WHERE id = $1', [
    vehicles[0],
  ])) as { status: string }[];
  return row?.status;
};

const holdOf = async ({ token }: Transporter, orderId: string) =>
  (await orders.getActiveHold({ token, query: { orderId, ...ace } })).body;

describe('a driver', () => {
  test('sees the trip and accepts it; to accept it again changes nothing', async () => {
    const { driver, params, owner, customerId, token, orderId } = await assigned();
    const { body: list } = await orders.listDriverAssignments({ token: driver.token, query: {} });
    expect(list).toMatchObject({
      total: 1,
      hasMore: false,
      assignments: [
        { id: params.id, status: 'pending', customerName: 'Asha', pickupAddress: 'Here' },
      ],
    });
    expect(await vehicleStatus(owner)).toBe('on_hold');
    const accepted = await orders.acceptAssignment({ token: driver.token, params });
    expect(accepted.body).toMatchObject({ status: 'driver_accepted', tripId: params.id });
    const told = await allTold();
    expect(named(told, 'driver_accepted')).toMatchObject([
      { to: [owner.id], data: { trucksAccepted: 1, trucksPending: 0 } },
    ]);
    expect(named(told, 'assignment_status_changed')).toMatchObject([{ to: [customerId] }]);
    expect((await orders.acceptAssignment({ token: driver.token, params })).status).toBe(200);
    expect(await allTold()).toEqual([]);
    const declined = await orders.declineAssignment({ token: driver.token, params, body: {} });
    expect(declined.error?.code).toBe('INVALID_ASSIGNMENT_STATE');
    expect(await statusOf(token, orderId)).toBe('fully_filled');
  });

  test('declines: the truck is the transporter’s for another minute, for another driver', async () => {
    const { driver, params, owner, customerId, token, orderId } = await assigned();
    const no = () =>
      orders.declineAssignment({ token: driver.token, params, body: { reason: 'Sick' } });
    expect((await no()).status).toBe(200);
    const told = await allTold();
    const hold = await holdOf(owner, orderId);
    expect(hold).toMatchObject({ quantity: 1, phase: 'CONFIRMED' });
    expect(named(told, 'driver_declined')).toMatchObject([
      { to: [owner.id], data: { reason: 'Sick', holdId: hold?.holdId, assignmentId: params.id } },
    ]);
    expect(named(told, 'trucks_remaining_update')).toMatchObject([
      { to: [customerId], data: { trucksFilled: 0, status: 'partially_filled' } },
    ]);
    expect(named(told, 'trip_cancelled')).toEqual([]);
    expect(await vehicleStatus(owner)).toBe('available');
    expect((await no()).status).toBe(200);
    expect(await allTold()).toEqual([]);

    const next = await world.driver(owner.id);
    const confirmed = await orders.confirmHold({
      token: owner.token,
      body: {
        holdId: hold?.holdId ?? '',
        assignments: [{ vehicleId: owner.vehicles[0] ?? '', driverId: next.id }],
      },
    });
    expect(confirmed.status).toBe(200);
    expect(await statusOf(token, orderId)).toBe('fully_filled');
    const late = await orders.acceptAssignment({ token: driver.token, params });
    expect(late.error?.code).toBe('INVALID_ASSIGNMENT_STATE');
  });

  test('says nothing for 45 s: the same, and a late answer is refused', async () => {
    const { driver, params, owner, orderId } = await assigned();
    await ageAnswers(orderId, 40);
    await world.reconcile();
    expect((await orders.getAssignment({ token: driver.token, params })).body?.status).toBe(
      'pending',
    );
    await ageAnswers(orderId, 5);
    const late = await orders.acceptAssignment({ token: driver.token, params });
    expect(late.error?.code).toBe('ASSIGNMENT_TIMED_OUT');
    const told = await allTold();
    expect(named(told, 'driver_timeout')).toMatchObject([
      { to: [owner.id], data: { holdId: (await holdOf(owner, orderId))?.holdId } },
    ]);
    expect(named(told, 'trip_cancelled')).toMatchObject([{ to: [driver.id] }]);
    const { body } = await orders.getAssignment({ token: owner.token, params });
    expect(body).toMatchObject({
      status: 'timed_out',
      customerPhone: expect.stringMatching(/x{6}/) as string,
    });
  });

  test('or the transporter gives up an accepted trip; a truck that nobody takes then expires', async () => {
    const { driver, params, owner, customerId, token, orderId } = await assigned(2);
    await orders.acceptAssignment({ token: driver.token, params });
    await allTold();
    const give = (by: string) =>
      orders.cancelAssignment({ token: by, params, body: { reason: 'Flat tyre' } });
    expect((await give(owner.token)).body).toMatchObject({
      status: 'cancelled',
      declineReason: 'Flat tyre',
    });
    expect((await give(driver.token)).status).toBe(200);
    expect(named(await allTold(), 'trip_cancelled')).toMatchObject([{ to: [driver.id] }]);
    await ageAnswers(orderId, 60);
    await world.reconcile();
    const told = await allTold();
    expect(named(told, 'booking_updated')).toMatchObject([
      { to: [customerId], data: { trucksFilled: 1, trucksNeeded: 2 } },
    ]);
    const { body } = await orders.getOrder({ token, params: { id: orderId } });
    expect(body?.requests.map(({ status }) => status).toSorted()).toEqual(['expired', 'held']);
  });

  test('of the last truck is lost after the closing: the order expires', async () => {
    const { driver, params, customerId, token, orderId } = await assigned();
    await orders.declineAssignment({ token: driver.token, params, body: {} });
    await allTold();
    await ageAnswers(orderId, 60);
    const { body } = await orders.getOrderStatus({ token, params: { id: orderId } });
    // The cache may know the order as it was; the timer or the reconciler ends the hold.
    expect(body?.status).toBe('partially_filled');
    await world.reconcile();
    const { body: after } = await orders.getOrderStatus({ token, params: { id: orderId } });
    expect(after).toMatchObject({ status: 'expired', reasonCode: 'NO_TRANSPORTER_ACCEPTANCE' });
    expect(named(await allTold(), 'order_expired')).toMatchObject([{ to: [customerId] }]);
  });

  test('with a trip cannot leave the fleet, nor can the vehicle', async () => {
    const { owner, driver } = await assigned();
    const leave = () =>
      world.sql('UPDATE weelo.users SET transporter_id = NULL WHERE id = $1', [driver.id]);
    await expect(leave()).rejects.toThrow(/assignments_live_driver_fkey/);
    const remove = () => world.sql('DELETE FROM weelo.vehicles WHERE id = $1', [owner.vehicles[0]]);
    await expect(remove()).rejects.toThrow(/assignments_live_vehicle_fkey/);
  });
});

describe('a customer', () => {
  test('sees who comes, in every view of the order', async () => {
    const { token, orderId, params, owner } = await assigned();
    const one = { token, params: { id: orderId } };
    const { body } = await orders.getOrder(one);
    expect(body?.requests[0]).toMatchObject({
      status: 'assigned',
      tripId: params.id,
      tripStatus: 'pending',
      assignedTransporterId: owner.id,
      assignedVehicleNumber: expect.stringMatching(/^KA01AB/) as string,
      assignedDriverName: expect.stringMatching(/^Driver/) as string,
    });
    const { body: trucks } = await orders.listBookingTrucks(one);
    expect(trucks?.trucks).toMatchObject([{ assignmentId: params.id, status: 'pending' }]);
  });

  test('cancels: trips and holds end with the order, and everybody is told', async () => {
    const { token, orderId, params, owner, other, driver, customerId } = await assigned();
    const one = { token, params: { id: orderId } };
    const { body: preview } = await orders.previewCancellation(one);
    expect(preview).toMatchObject({ policyStage: 'DRIVER_ASSIGNED', pendingPenaltyAmount: 50 });
    const cancel = () => orders.cancelOrder({ ...one, body: { reason: 'Rain' } });
    const { body } = await cancel();
    expect(body).toMatchObject({
      status: 'cancelled',
      assignmentsCancelled: 1,
      driversNotified: 1,
      // The search was filled, so nobody else had an offer any more.
      transportersNotified: 1,
    });
    expect((await cancel()).body).toMatchObject({ assignmentsCancelled: 1, driversNotified: 1 });
    const told = await allTold();
    expect(named(told, 'order_cancelled')).toMatchObject([
      { to: [customerId] },
      { to: [owner.id], data: { customerName: 'Asha', tripId: params.id, reason: 'Rain' } },
    ]);
    expect(named(told, 'trip_cancelled')).toMatchObject([
      { to: [driver.id], data: { compensationAmount: 50 } },
    ]);
    expect(told.flatMap(({ to }) => to)).not.toContain(other.id);
    expect(await vehicleStatus(owner)).toBe('available');
    const late = await orders.acceptAssignment({ token: driver.token, params });
    expect(late.error?.code).toBe('INVALID_ASSIGNMENT_STATE');
  });

  test('cancels while trucks are held: those who hold or were asked learn it', async () => {
    const { orderId, token, transporters } = await search({ trucks: [aces(2)], fleets: [{}, {}] });
    const [owner, other] = transporters as [Transporter, Transporter];
    const { body } = await orders.holdTrucks({
      token: owner.token,
      body: { orderId, ...ace, quantity: 1 },
    });
    await allTold();
    const cancelled = await orders.cancelOrder({ token, params: { id: orderId }, body: {} });
    expect(cancelled.body).toMatchObject({ policyStage: 'SEARCHING', transportersNotified: 2 });
    const told = named(await allTold(), 'order_cancelled').slice(1);
    expect(told).toMatchObject([
      {
        to: [owner.id, other.id],
        data: { customerPhone: expect.stringMatching(/x{6}/) as string },
      },
    ]);
    const confirmed = await orders.confirmHold({
      token: owner.token,
      body: {
        holdId: body?.holdId ?? '',
        assignments: [{ vehicleId: owner.vehicles[0] ?? '', driverId: owner.drivers[0]?.id ?? '' }],
      },
    });
    expect(confirmed.error?.code).toBe('HOLD_EXPIRED');
  });
});
