import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { tripWorld } from '../support/worlds/trip-world.ts';

const { orders, underWay, move, allTold, sql } = await tripWorld();

const named = (events: readonly Record<string, unknown>[], name: string) =>
  events.filter(({ event }) => event === name);

const waited = (tripId: string, minutes: number) =>
  sql(
    `UPDATE weelo.assignments SET pickup_arrived_at = pickup_arrived_at - $2 * interval '1 minute' WHERE id = $1`,
    [tripId, minutes],
  );

test('an order with a driver costs 50 rupees, and says so beforehand, and as often as it is asked', async () => {
  const { orderId, token, params } = await underWay();
  const terms = {
    policyStage: 'DRIVER_ASSIGNED',
    cancelDecision: 'allowed_with_penalty',
    pendingPenaltyAmount: 50,
    penaltyBreakdown: { cancellationFee: 50 },
  };
  const cancel = () =>
    orders.cancelOrder({ token, params, body: {}, idempotencyKey: randomUUID() });
  expect((await orders.previewCancellation({ token, params })).body).toMatchObject(terms);
  expect((await cancel()).body).toMatchObject({ status: 'cancelled', ...terms });
  expect((await cancel()).body).toMatchObject({ status: 'cancelled', ...terms });
  expect((await orders.previewCancellation({ token, params })).body).toMatchObject(terms);
  const fees = await sql('SELECT fee FROM weelo.cancellations WHERE order_id = $1', [orderId]);
  expect(fees).toEqual([{ fee: 50 }]);
});

describe('an order whose truck is at the pickup', () => {
  test('costs what the preview says, truck by truck; the driver gets it, and is told', async () => {
    const { orderId, token, driver, owner, tripIds, params } = await underWay({ trucks: 2 });
    const [first = ''] = tripIds;
    await move(driver, first, 'at_pickup');
    await waited(first, 12.1);
    await allTold();
    const { body: preview } = await orders.previewCancellation({ token, params });
    expect(preview).toMatchObject({
      policyStage: 'AT_PICKUP',
      cancelDecision: 'allowed_with_penalty',
      reasonRequired: true,
      pendingPenaltyAmount: 185,
    });
    const cancel = (reason?: string) =>
      orders.cancelOrder({
        token,
        params,
        body: reason === undefined ? {} : { reason },
        idempotencyKey: randomUUID(),
      });
    const silent = await cancel();
    expect(silent.error?.code).toBe('CANCEL_REASON_REQUIRED');
    const { body } = await cancel('Change of plans');
    expect(body).toMatchObject({ status: 'cancelled', pendingPenaltyAmount: 185 });
    expect(body?.feeRows.map(({ stage, fee }) => [stage, fee])).toEqual([
      ['AT_PICKUP', 135],
      ['DRIVER_ASSIGNED', 50],
    ]);
    const told = named(await allTold(), 'trip_cancelled') as {
      to: string[];
      data: { compensationAmount: number };
    }[];
    const compensation = Object.fromEntries(
      told.map(({ to: [id = ''], data }) => [id, data.compensationAmount]),
    );
    expect(compensation).toEqual({ [driver.id]: 135, [owner.drivers[1]?.id ?? '']: 50 });
    const { body: after } = await orders.previewCancellation({ token, params });
    expect(after?.feeRows).toEqual(body?.feeRows);
    expect((await cancel('Again')).body?.status).toBe('cancelled');
    const fees = await sql(
      'SELECT count(*)::int AS rows FROM weelo.cancellation_fees WHERE order_id = $1',
      [orderId],
    );
    expect(fees).toEqual([{ rows: 2 }]);
  });
});

describe('an order with a truck on the road', () => {
  test('cannot be cancelled; its customer can open one dispute', async () => {
    const { orderId, token, driver, tripId, params } = await underWay();
    const body = { notes: 'The truck goes the wrong way' };
    const dispute = (as = token) => orders.disputeCancellation({ token: as, params, body });
    expect((await dispute()).error?.code).toBe('CANCEL_NOT_BLOCKED');
    await move(driver, tripId, 'in_transit');
    const { error } = await orders.cancelOrder({ token, params, body: { reason: 'Too late' } });
    expect(error?.code).toBe('CANCEL_BLOCKED_DISPUTE_ONLY');
    const { body: preview } = await orders.previewCancellation({ token, params });
    expect(preview?.cancelDecision).toBe('blocked_dispute_only');
    const { body: first } = await dispute();
    expect(first).toMatchObject({ stage: 'IN_TRANSIT' });
    expect((await dispute()).body?.disputeId).toBe(first?.disputeId);
    const { token: stranger } = await underWay();
    expect((await dispute(stranger)).error?.code).toBe('ORDER_NOT_FOUND');
    expect(await sql('SELECT notes FROM weelo.disputes WHERE order_id = $1', [orderId])).toEqual([
      { notes: body.notes },
    ]);
  });
});
