import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { orderDepsFrom } from '../../functions/wiring/orders.ts';
import { redisFrom } from '../../functions/wiring/stores.ts';
import { readEnvironment } from '../../src/contract/functions.ts';
import { openSecrets } from '../../src/platform/aws/secrets.ts';
import { systemClock as clock } from '../../src/platform/clock.ts';
import { takeExpiringBills } from '../../src/trips/papers/documents-store.ts';
import { warnOfExpiry } from '../../src/trips/papers/warn-of-expiry.ts';
import { tripWorld } from '../support/worlds/trip-world.ts';

const world = await tripWorld();
const { orders, trips, underWay, move, allTold, sql } = world;
const env = readEnvironment('reconcile', process.env);
const deps = orderDepsFrom(env, redisFrom(env), openSecrets().read, clock);

const noPapers = {
  eWayBillNumber: null,
  eWayBillExpiresAt: null,
  lorryReceiptNumber: null,
  invoiceNumber: null,
  updatedAt: null,
};
type Papers = NonNullable<Parameters<typeof trips.writeTripDocuments>[0]>['body'];
const write = (token: string, id: string, body: Papers) =>
  trips.writeTripDocuments({ token, params: { id }, body });
const stored = (tripId: string) =>
  sql('SELECT * FROM weelo.trip_documents WHERE trip_id = $1', [tripId]);

/** What each of them sees of the papers of a trip. */
async function seen({
  owner,
  driver,
  token,
  orderId,
  tripId,
}: Awaited<ReturnType<typeof underWay>>) {
  const params = { id: tripId };
  const { body: forOwner } = await orders.getAssignment({ token: owner.token, params });
  const { body: forDriver } = await orders.getAssignment({ token: driver.token, params });
  const { body } = await orders.listBookingTrucks({ token, params: { id: orderId } });
  const forCustomer = body?.trucks.find((truck) => truck.tripId === tripId);
  return [forOwner?.documents, forDriver?.documents, forCustomer?.documents];
}

describe('the papers of a trip', () => {
  test('are written by either side, a field at a time, and both sides see all of them at once', async () => {
    const order = await underWay();
    const { owner, token, tripId } = order;
    expect(await seen(order)).toEqual([noPapers, noPapers, noPapers]);
    const { status, body } = await write(token, tripId, {
      eWayBillNumber: '3310 0456-7890',
      eWayBillExpiresAt: '2099-02-02T23:59:00+05:30',
      invoiceNumber: 'INV/26/0042',
    });
    expect(status).toBe(200);
    const written = {
      eWayBillNumber: '331004567890',
      eWayBillExpiresAt: '2099-02-02T18:29:00.000Z',
      lorryReceiptNumber: null,
      invoiceNumber: 'INV/26/0042',
      updatedAt: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/) as string,
    };
    expect(body).toEqual({ tripId, documents: written });
    expect(await seen(order)).toEqual([written, written, written]);

    const added = await write(owner.token, tripId, { lorryReceiptNumber: 'LR-2026-0117' });
    const both = { ...written, lorryReceiptNumber: 'LR-2026-0117' };
    expect(added.body?.documents).toEqual(both);
    expect(await seen(order)).toEqual([both, both, both]);
    expect(await stored(tripId)).toMatchObject([{ updated_by: owner.id }]);

    const cleared = await write(owner.token, tripId, { invoiceNumber: '', eWayBillExpiresAt: ' ' });
    const rest = { ...both, invoiceNumber: null, eWayBillExpiresAt: null };
    expect(cleared.body?.documents).toEqual(rest);
    // A null in JSON is a field that is left out.
    const kept = await write(token, tripId, { eWayBillNumber: null } as unknown as Papers);
    expect(kept.body?.documents).toEqual(rest);
  });

  test('are written by both sides at once without losing a field', async () => {
    const { owner, token, tripId } = await underWay();
    for (let i = 0; i < 10; i += 1) {
      await Promise.all([
        write(token, tripId, { invoiceNumber: `INV ${i}` }),
        write(owner.token, tripId, { lorryReceiptNumber: `LR ${i}` }),
      ]);
      expect(await stored(tripId)).toMatchObject([
        { invoice_number: `INV ${i}`, lorry_receipt_number: `LR ${i}` },
      ]);
    }
  });

  test('belong to the customer and the transporter of the trip: nobody else finds it', async () => {
    const { driver, tripId, owner } = await underWay();
    const body = { invoiceNumber: 'INV 1' };
    for (const stranger of [await world.customer(), await world.transporter()]) {
      expect((await write(stranger.token, tripId, body)).error).toMatchObject({
        status: 404,
        code: 'ASSIGNMENT_NOT_FOUND',
      });
    }
    expect((await write(owner.token, randomUUID(), body)).error?.code).toBe('ASSIGNMENT_NOT_FOUND');
    expect((await write(driver.token, tripId, body)).error?.code).toBe('FORBIDDEN');
    expect(await stored(tripId)).toEqual([]);
  });

  test.each([
    ['eleven digits', { eWayBillNumber: '33100456789' }],
    ['letters in the number', { eWayBillNumber: '33100456789O' }],
    ['a day without a time', { eWayBillExpiresAt: '2026-02-02' }],
    ['a time without a zone', { eWayBillExpiresAt: '2026-02-02T10:00:00' }],
    ['another century', { eWayBillExpiresAt: '1999-02-02T10:00:00Z' }],
    ['two lines', { lorryReceiptNumber: 'LR\n1' }],
    ['a long text', { invoiceNumber: 'x'.repeat(61) }],
  ])('are refused with %s', async (_, body) => {
    const { token } = await world.customer();
    expect((await write(token, randomUUID(), body)).error?.code).toBe('VALIDATION_ERROR');
  });
});

describe('an e-way bill that expires', () => {
  beforeEach(async () => {
    await sql('UPDATE weelo.trip_documents SET e_way_bill_expires_at = NULL');
    await allTold();
  });

  const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
  const warned = async () => {
    await world.reconcile();
    return (await allTold()).filter(({ event }) => event === 'document_expiring');
  };
  const expiring = async (minutes: number) => {
    const order = await underWay();
    const eWayBillExpiresAt = inMinutes(minutes);
    await write(order.token, order.tripId, { eWayBillNumber: '331004567890', eWayBillExpiresAt });
    return { ...order, eWayBillExpiresAt };
  };

  test('within four hours, on the road: both sides are told once', async () => {
    const { eWayBillExpiresAt, orderId, tripId, customerId, owner } = await expiring(239);
    expect(await warned()).toMatchObject([
      {
        to: [customerId, owner.id],
        data: {
          orderId,
          bookingId: orderId,
          tripId,
          assignmentId: tripId,
          document: 'e_way_bill',
          documentNumber: '331004567890',
          vehicleNumber: expect.stringMatching(/^KA01AB/) as string,
          expiresAt: eWayBillExpiresAt,
        },
      },
    ]);
    expect(await warned()).toEqual([]);
  });

  test('later: nobody is told yet; when the time comes, they are', async () => {
    const { tripId } = await expiring(242);
    expect(await warned()).toEqual([]);
    await sql(
      `UPDATE weelo.trip_documents SET e_way_bill_expires_at = e_way_bill_expires_at - interval '3 minutes'
       WHERE trip_id = $1`,
      [tripId],
    );
    expect(await warned()).toHaveLength(1);
  });

  test('and is extended: both are told again before the new end, and not for other papers', async () => {
    const { token, owner, tripId, eWayBillExpiresAt } = await expiring(60);
    expect(await warned()).toHaveLength(1);
    await write(token, tripId, { invoiceNumber: 'INV 2' });
    await write(owner.token, tripId, { eWayBillExpiresAt });
    expect(await warned()).toEqual([]);
    const extended = inMinutes(120);
    await write(owner.token, tripId, { eWayBillExpiresAt: extended });
    expect(await warned()).toMatchObject([{ data: { tripId, expiresAt: extended } }]);
  });

  test('after the trip, or before it was written down: nobody is told', async () => {
    const { driver, tripId } = await expiring(60);
    await move(driver, tripId, 'in_transit');
    await move(driver, tripId, 'completed');
    await expiring(-1);
    expect(await warned()).toEqual([]);
  });

  test('is told of once, also if two reconcilers find it at the same time', async () => {
    const { tripId } = await expiring(60);
    const [taken, others] = await deps.postgres.transaction(async (db) => [
      await takeExpiringBills(db, { hours: 4, most: 10 }),
      // The first one has not committed yet.
      await warnOfExpiry(10, deps),
    ]);
    expect(taken).toMatchObject([{ tripId }]);
    expect(others).toBe(0);
  });

  test('first is told of first, and no more at once than asked for', async () => {
    const ids: string[] = [];
    for (const minutes of [61, 60, 62]) ids.push((await expiring(minutes)).tripId);
    const [second, first, third] = ids;
    const run = async () => {
      expect(await warnOfExpiry(1, deps)).toBe(1);
      return (await allTold()).map(({ data }) => (data as { tripId: string }).tripId);
    };
    expect(await run()).toEqual([first]);
    expect(await run()).toEqual([second]);
    expect(await run()).toEqual([third]);
    expect(await warnOfExpiry(1, deps)).toBe(0);
  });
});
