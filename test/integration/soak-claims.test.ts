import { Client } from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { checkStored } from '../../bench/soak/stored/stored.ts';
import { aces, marketWorld, tataAce, type Transporter } from '../support/worlds/market-world.ts';

/**
 * The soak reads the stored rows by statements of its own. Each of them is seen to fail here, on rows that the product
 * would never write: all that would hinder them is dropped from this file's database.
 */
const world = await marketWorld();
const { username: user, ...server } = inject('postgres');
const client = new Client({ ...server, user, database: world.variables.DATABASE_NAME });
const sql = async <Row>(text: string) => (await client.query(text)).rows as Row[];

const unhindered = `DO $$ DECLARE each record; BEGIN
  FOR each IN SELECT conrelid::regclass AS at, conname FROM pg_constraint
    WHERE connamespace = 'weelo'::regnamespace AND contype IN ('c', 'f') AND conparentid = 0
  LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', each.at, each.conname); END LOOP;
  FOR each IN SELECT indexrelid::regclass AS at FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid
    WHERE c.relnamespace = 'weelo'::regnamespace AND indisunique AND NOT indisprimary
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
  LOOP EXECUTE format('DROP INDEX %s', each.at); END LOOP;
END $$`;

const ids = { mixed: '', other: '', over: '' };

/** An order with a truck that is manned, one that is held, and one that is open; one that is open; and one that is over. */
beforeAll(async () => {
  await client.connect();
  const fleets = [{ kinds: [tataAce, tataAce] }, { kinds: [tataAce] }];
  const mixed = await world.search({ trucks: [aces(3)], fleets });
  const [first, second] = mixed.transporters as [Transporter, Transporter];
  const ace = { vehicleType: 'mini', vehicleSubtype: 'Mini Truck - Tata Ace' };
  const hold = ({ token }: Transporter) =>
    world.orders.holdTrucks({ token, body: { orderId: mixed.orderId, quantity: 1, ...ace } });
  const [vehicleId = ''] = first.vehicles;
  const driverId = first.drivers[0]?.id ?? '';
  const { body } = await hold(first);
  await world.orders.confirmHold({
    token: first.token,
    body: { holdId: body?.holdId ?? '', assignments: [{ vehicleId, driverId }] },
  });
  await hold(second);
  const other = await world.search({ fleets: [{ kinds: [tataAce] }] });
  const over = await world.search({ fleets: [{ kinds: [tataAce] }] });
  await world.orders.cancelOrder({ token: over.token, params: over.params, body: {} });
  Object.assign(ids, { mixed: mixed.orderId, other: other.orderId, over: over.orderId });
  await sql('UPDATE weelo.outbox SET relayed_at = COALESCE(relayed_at, now())');
});
afterAll(() => client.end());

const of = (order: keyof typeof ids) => `order_id = '${ids[order]}'`;
const copy = (table: string, where: string, changed: string) => `
  CREATE TEMP TABLE copied ON COMMIT DROP AS SELECT * FROM weelo.${table} WHERE ${where} LIMIT 1;
  UPDATE copied SET ${changed}; INSERT INTO weelo.${table} SELECT * FROM copied`;
const newId = 'id = gen_random_uuid()';

/** By the claim that each contradicts. */
const corruptions: readonly (readonly [string, () => string])[] = [
  [
    'P1: a customer has one open search at a time',
    () =>
      `UPDATE weelo.orders SET customer_id = (SELECT customer_id FROM weelo.orders WHERE id = '${ids.mixed}') WHERE id = '${ids.other}'`,
  ],
  [
    'P2: one intent makes one order',
    () =>
      `UPDATE weelo.orders SET customer_id = (SELECT customer_id FROM weelo.orders WHERE id = '${ids.mixed}'), idempotency_key = 'same'`,
  ],
  [
    'P3: no two orders of a customer were placed at the same moment',
    () => copy('orders', `id = '${ids.mixed}'`, newId),
  ],
  [
    'P6: no search is open past its deadline, beyond the reconciler',
    () =>
      `UPDATE weelo.orders SET search_deadline = now() - interval '3 minutes' WHERE id = '${ids.other}'`,
  ],
  [
    'P6: no driver is asked past the time to answer, and no hold is active past its own',
    () => `UPDATE weelo.holds SET expires_at = now() - interval '3 minutes'`,
  ],
  [
    'P4: a truck has one crew, and none that it should not have',
    () => copy('assignments', of('mixed'), newId),
  ],
  [
    'P4: nothing is held or offered after the deadline, or after the end of the search',
    () => `UPDATE weelo.offers SET created_at = now() + interval '1 day' WHERE ${of('over')}`,
  ],
  [
    'P4: whoever waited for a lock past the deadline gets nothing',
    () =>
      `UPDATE weelo.holds SET ended_at = expires_at + interval '1 second' WHERE status = 'confirmed'`,
  ],
  [
    'P4: a crew is of the order, the fleet and the kind of its hold and its truck',
    () => `UPDATE weelo.assignments SET transporter_id = gen_random_uuid()`,
  ],
  [
    'P11: a vehicle and a driver are on at most one live trip',
    () => copy('assignments', of('mixed'), newId),
  ],
  [
    'P11: no two trips of a vehicle or a driver have overlapped',
    () => copy('assignments', of('mixed'), `${newId}, driver_id = gen_random_uuid()`),
  ],
  [
    'P11: a vehicle is at work exactly while it has a live trip',
    () => `UPDATE weelo.vehicles SET status = 'available'`,
  ],
  [
    'P5: never more trucks filled than asked for',
    () => `UPDATE weelo.orders SET needed = 0 WHERE id = '${ids.mixed}'`,
  ],
  [
    'P5: an order counts its trucks right',
    () => `UPDATE weelo.orders SET claimed = 3 WHERE id = '${ids.mixed}'`,
  ],
  [
    'P5: a hold has the trucks that it says, and a held truck its hold',
    () => `UPDATE weelo.holds SET quantity = 2 WHERE status = 'active'`,
  ],
  [
    'P5: nobody has promised more trucks than there are in the fleet',
    () => `UPDATE weelo.holds SET quantity = 2 WHERE status = 'active'`,
  ],
  [
    'P7: an order is what its trucks make it: what was filled stays, the rest is over',
    () => `UPDATE weelo.orders SET status = 'expired' WHERE id = '${ids.mixed}'`,
  ],
  [
    'P7: nothing lives on of an order that is over',
    () => `UPDATE weelo.orders SET status = 'expired' WHERE id = '${ids.mixed}'`,
  ],
  [
    'P7: the customer is told of each truck that has expired',
    () => `UPDATE weelo.truck_requests SET status = 'expired' WHERE ${of('other')}`,
  ],
  [
    'P8: every transition of an order has its events',
    () => `UPDATE weelo.orders SET event_version = 99 WHERE id = '${ids.mixed}'`,
  ],
  [
    'P8: each crew is told of: to the customer, to the driver, and when the driver accepts',
    () => `DELETE FROM weelo.outbox WHERE message ->> 'event' = 'truck_assigned'`,
  ],
  [
    'P8: the customer is told of the end of each order that was completed or cancelled',
    () =>
      `UPDATE weelo.outbox SET message = jsonb_set(message, '{to}', '[]') WHERE ${of('over')} AND message ->> 'event' = 'order_cancelled'`,
  ],
  [
    'P8: nothing waits to be told, and nothing was parked',
    () =>
      `UPDATE weelo.outbox SET relayed_at = NULL, created_at = now() - interval '3 minutes' WHERE ${of('mixed')}`,
  ],
  [
    'P9: the offers of a closed search are closed, and so is one that was declined',
    () => `UPDATE weelo.offers SET closed_at = NULL WHERE ${of('over')}`,
  ],
  [
    'P9: whoever lost an order is told',
    () =>
      `DELETE FROM weelo.outbox WHERE ${of('over')} AND message ->> 'event' = 'order_cancelled'`,
  ],
  [
    'P12: trucks are held and driven by those alone to whom the order was offered',
    () => `DELETE FROM weelo.offers WHERE ${of('mixed')}`,
  ],
];

const brokenNow = async () =>
  (await checkStored(sql)).filter(({ broken }) => broken.length > 0).map(({ name }) => name);

test('what the product has written breaks no claim, and each claim has looked at something', async () => {
  const checks = await checkStored(sql);
  expect(await brokenNow()).toEqual([]);
  expect(checks.map(({ name }) => name).toSorted()).toEqual(
    corruptions.map(([name]) => name).toSorted(),
  );
  // Nobody has placed a second order, and nothing has expired.
  const unseen = checks.filter(({ checked }) => checked === 0).map(({ name }) => name.slice(0, 3));
  expect(unseen).toEqual(['P3:', 'P7:']);
});

test.each(corruptions)('%s: is found broken', async (name, corrupt) => {
  await sql('BEGIN');
  try {
    await sql(unhindered);
    await sql(corrupt());
    expect(await brokenNow()).toContain(name);
  } finally {
    await sql('ROLLBACK');
  }
});
