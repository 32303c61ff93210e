import { randomUUID } from 'node:crypto';
import { describe, expect, inject, test, vi } from 'vitest';
import { asMaster } from '../support/engines/database-server.ts';
import { orderWorld } from '../support/worlds/order-world.ts';

const world = await orderWorld();
const { host, port, username, password } = inject('postgres');
const facts = { host, port, username, password };

async function placed() {
  const { token } = await world.customer();
  const key = randomUUID();
  // On a busy machine the first answer may be to try again.
  const place = async () => {
    const { body } = await world.place(token, { key });
    if (!body) throw new Error('It was not placed');
    return { token, orderId: body.order.id };
  };
  return vi.waitFor(place, { timeout: 15_000, interval: 200 });
}

const statusOf = async (orderId: string) => {
  const [row] = await world.sql('SELECT status FROM weelo.orders WHERE id = $1', [orderId]);
  return row?.['status'];
};

/** Works while somebody has an order's row; until then they can change it, and what they changed is committed. */
const holding = (
  orderId: string,
  work: (change: (text: string) => Promise<unknown>) => Promise<void>,
) =>
  asMaster(facts, world.variables.DATABASE_NAME, async (client) => {
    await client.query('BEGIN');
    await client.query('SELECT FROM weelo.orders WHERE id = $1 FOR UPDATE', [orderId]);
    await work((text) => client.query(text, [orderId]));
    await client.query('COMMIT');
  });

const somebodyWaits = () =>
  vi.waitFor(
    async () => {
      const found = await world.sql(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      if (found.length === 0) throw new Error('Nobody waits');
    },
    { timeout: 5000, interval: 5 },
  );

describe('an order whose row somebody has', () => {
  test('P4: is looked at when they let go: a cancellation that waited past the deadline comes too late', async () => {
    const { token, orderId } = await placed();
    let cancelled: ReturnType<typeof world.orders.cancelOrder> | undefined;
    await holding(orderId, async (change) => {
      cancelled = world.orders.cancelOrder({ token, params: { id: orderId }, body: {} });
      await somebodyWaits();
      await change(
        `UPDATE weelo.orders SET search_deadline = search_deadline - interval '61 seconds' WHERE id = $1`,
      );
    });
    expect((await cancelled)?.body).toMatchObject({ status: 'expired' });
    expect(await statusOf(orderId)).toBe('expired');
  });

  test('P6: does not keep the others from their end: the reconciler passes it by', async () => {
    const [held, other] = [await placed(), await placed()];
    for (const { orderId } of [held, other]) await world.age(orderId, 61);
    await holding(held.orderId, async () => {
      await world.reconcile();
      expect(await statusOf(other.orderId)).toBe('expired');
      expect(await statusOf(held.orderId)).toBe('broadcasting');
    });
    await world.reconcile();
    expect(await statusOf(held.orderId)).toBe('expired');
  });
});

test('P3: while another request of the customer has the lock, this one is told to wait, and writes nothing', async () => {
  const { id, token } = await world.customer();
  await world.redis.set(`order:create:${id}`, 'another request', 'PX', 60_000);
  expect((await world.place(token)).error).toMatchObject({ code: 'CONCURRENT_REQUEST' });
  expect(await world.sql('SELECT FROM weelo.orders WHERE customer_id = $1', [id])).toEqual([]);
  await world.redis.del(`order:create:${id}`);
  expect((await world.place(token)).status).toBe(201);
});

test('P5: an order counts no more trucks than were asked for, nor more filled than claimed', async () => {
  const { orderId } = await placed();
  const counting = (claimed: number, filled: number) =>
    world.sql(
      `UPDATE weelo.orders SET needed = 2, claimed = $2, filled = $3, status = 'partially_filled' WHERE id = $1`,
      [orderId, claimed, filled],
    );
  await expect(counting(3, 1)).rejects.toThrow('orders_counters_check');
  await expect(counting(0, 1)).rejects.toThrow('orders_counters_check');
  await expect(counting(2, -1)).rejects.toThrow('orders_counters_check');
  await counting(2, 1);
});
