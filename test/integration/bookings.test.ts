import { beforeAll, describe, expect, test } from 'vitest';
import { documentedOrder, orderWorld } from '../support/worlds/order-world.ts';

const world = await orderWorld();

const order = {
  ...documentedOrder,
  vehicleRequirements: documentedOrder.vehicleRequirements.map((each) => ({
    ...each,
    quantity: 2,
  })),
};

/** What became of an order of two trucks. */
interface State {
  readonly status: string;
  readonly claimed: number;
  readonly filled: number;
  readonly open: boolean;
}

const closed = { open: false, claimed: 0, filled: 0 };
const expired = { ...closed, status: 'expired' };
const cancelled = { ...closed, status: 'cancelled' };
const held = { ...closed, status: 'partially_filled', claimed: 1 };
const partlyFound = { ...closed, status: 'partially_filled', claimed: 1, filled: 1 };
const found = { ...closed, status: 'fully_filled', claimed: 2, filled: 2 };
const onTheRoad = { ...found, status: 'in_progress' };
const completed = { ...found, status: 'completed' };
const searching = { open: true, status: 'broadcasting', claimed: 0, filled: 0 };
const searchingForMore = { open: true, status: 'partially_filled', claimed: 1, filled: 1 };

/** A customer with one order in each of these states, the oldest first. What is open is so for an hour. */
async function customerWith(states: readonly State[]) {
  const { token } = await world.customer();
  const ids: string[] = [];
  for (const { status, claimed, filled, open } of states) {
    const { body } = await world.place(token, { order });
    const id = body?.order.id ?? '';
    ids.push(id);
    await world.sql(
      `UPDATE weelo.orders
       SET status = $2::weelo.order_status, claimed = $3, filled = $4,
           search_closed_at = CASE WHEN NOT $5::boolean THEN now() END,
           search_deadline = now() + interval '1 hour'
       WHERE id = $1`,
      [id, status, claimed, filled, open],
    );
  }
  const list = async (query: object = {}) => {
    const { body } = await world.orders.listBookings({ token, query });
    return { ...body, shown: body?.bookings.map((each) => each.status) };
  };
  const get = async (id: string) =>
    (await world.orders.getBooking({ token, params: { id } })).body?.booking;
  return { ids, list, get };
}

type Customer = Awaited<ReturnType<typeof customerWith>>;
let asha: Customer;
let ravi: Customer;
beforeAll(async () => {
  asha = await customerWith([expired, cancelled, found, held, searching]);
  ravi = await customerWith([partlyFound, onTheRoad, completed, searchingForMore]);
});

describe('bookings', () => {
  test('are called active while nothing is found, and confirmed once the search has ended with trucks', async () => {
    const { shown } = await asha.list();
    expect(shown).toEqual(['active', 'partially_filled', 'confirmed', 'cancelled', 'expired']);
    const others = await ravi.list();
    expect(others.shown).toEqual(['partially_filled', 'completed', 'in_progress', 'confirmed']);
  });

  test('are called the same one by one', async () => {
    for (const { ids, list, get } of [asha, ravi]) {
      const { bookings = [] } = await list();
      expect(bookings.map(({ id }) => id)).toEqual(ids.toReversed());
      for (const booking of bookings) expect(await get(booking.id)).toEqual(booking);
    }
  });

  test.each([
    ['active', ['active'], []],
    ['pending', ['active', 'partially_filled'], ['partially_filled']],
    ['confirmed', ['confirmed'], ['confirmed']],
    ['broadcasting', ['active'], []],
    ['partially_filled', ['partially_filled'], ['partially_filled', 'confirmed']],
    ['fully_filled', ['confirmed'], []],
    ['in_progress', [], ['in_progress']],
    ['completed', [], ['completed']],
    ['cancelled', ['cancelled'], []],
    ['expired', ['expired'], []],
  ])('that are %s are found by that', async (status, ...expected) => {
    for (const [i, { list }] of [asha, ravi].entries()) {
      const { shown, total, hasMore } = await list({ status });
      expect(shown).toEqual(expected[i]);
      expect({ total, hasMore }).toEqual({ total: expected[i]?.length, hasMore: false });
    }
  });

  test('that are pending come page by page', async () => {
    const page = (at: number) => asha.list({ status: 'pending', limit: 1, page: at });
    expect(await page(1)).toMatchObject({ shown: ['active'], total: 2, hasMore: true });
    expect(await page(2)).toMatchObject({ shown: ['partially_filled'], total: 2, hasMore: false });
    expect(await page(3)).toMatchObject({ shown: [], total: 2, hasMore: false });
  });

  test('are neither active nor pending from their deadline on, with every timer dead', async () => {
    const { ids, list, get } = await customerWith([searching]);
    const [id = ''] = ids;
    await world.age(id, 3540);
    expect(await list({ status: 'active' })).toMatchObject({ shown: ['active'], total: 1 });
    expect(await get(id)).toMatchObject({ status: 'active' });
    await world.age(id, 61);
    expect(await list({ status: 'active' })).toMatchObject({ shown: [], total: 0 });
    expect(await list({ status: 'pending' })).toMatchObject({ shown: [], total: 0 });
    expect(await list({ status: 'expired' })).toMatchObject({ shown: ['expired'], total: 1 });
    await world.redis.del(`order:${id}`);
    expect(await get(id)).toMatchObject({ status: 'expired' });
  });
});
