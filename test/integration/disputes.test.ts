import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { metrics } from '../../src/platform/logs/observability.ts';
import { tripWorld } from '../support/worlds/trip-world.ts';

const { orders, underWay, move, allTold, sql, operate } = await tripWorld();
afterEach(() => vi.restoreAllMocks());

const Listed = z.object({
  disputes: z.array(z.looseObject({ disputeId: z.uuid(), orderId: z.uuid() })),
});
const list = async () => {
  // As the operator gets it: written as JSON.
  const answered: unknown = JSON.parse(
    JSON.stringify(await operate({ command: 'list-disputes', input: {} })),
  );
  return Listed.parse(answered).disputes;
};
const settle = (disputeId: string, outcome: string) =>
  operate({ command: 'settle-dispute', input: { disputeId, outcome } });

/** An order on the road, which its customer disputes. */
async function disputed() {
  const trip = await underWay();
  await move(trip.driver, trip.tripId, 'in_transit');
  const dispute = () =>
    orders.disputeCancellation({
      token: trip.token,
      params: trip.params,
      body: { notes: 'The truck goes the wrong way' },
    });
  const { body } = await dispute();
  return { ...trip, dispute, disputeId: body?.disputeId ?? '' };
}

describe('a dispute', () => {
  test('is listed for operators, the oldest first, with what they need to call', async () => {
    const [first, second] = [await disputed(), await disputed()];
    const known = (await list()).filter(({ disputeId }) =>
      [first.disputeId, second.disputeId].includes(disputeId),
    );
    expect(known.map(({ disputeId }) => disputeId)).toEqual([first.disputeId, second.disputeId]);
    expect(known[0]).toEqual({
      disputeId: first.disputeId,
      orderId: first.orderId,
      customerId: first.customerId,
      customerName: expect.any(String),
      customerPhone: expect.stringMatching(/^\d{10}$/),
      stage: 'IN_TRANSIT',
      reasonCode: expect.any(String),
      notes: 'The truck goes the wrong way',
      openedAt: expect.stringMatching(/\.\d{3}Z$/),
    });
  });

  test('is counted once, when it is opened', async () => {
    const counted = vi.spyOn(metrics, 'addMetric');
    const opened = () => counted.mock.calls.filter(([name]) => name === 'DisputesOpened').length;
    const { dispute } = await disputed();
    expect(opened()).toBe(1);
    await dispute();
    expect(opened()).toBe(1);
  });

  test('is settled once, in words, and then no longer listed; nobody is told', async () => {
    const { disputeId, orderId, dispute } = await disputed();
    await allTold();
    const settled = { disputeId, orderId, settledAt: expect.any(Date), settlement: '500 back' };
    expect(await settle(disputeId, ' 500 back ')).toEqual(settled);
    expect((await list()).map((each) => each.disputeId)).not.toContain(disputeId);
    // The first word counts, and the customer cannot begin again.
    expect(await settle(disputeId, 'Nothing back')).toEqual(settled);
    expect((await dispute()).body?.disputeId).toBe(disputeId);
    expect((await list()).map((each) => each.disputeId)).not.toContain(disputeId);
    expect(await allTold()).toEqual([]);
    const rows = await sql('SELECT settlement FROM weelo.disputes WHERE id = $1', [disputeId]);
    expect(rows).toEqual([{ settlement: '500 back' }]);
  });

  test('that does not exist cannot be settled, nor without a word', async () => {
    const unknown = randomUUID();
    await expect(settle(unknown, 'Fine')).rejects.toThrow(`There is no dispute ${unknown}`);
    const { disputeId } = await disputed();
    await expect(settle(disputeId, ' ')).rejects.toThrow('is wrong');
  });
});
