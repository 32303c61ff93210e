import type { Client, Pool } from '@weelo/data';
import * as z from 'zod';

/** To how many transporters a first wave offers an order. */
export const offersOfAWave = 10;

const kind = 'mini_tata_ace';

/** A line of the orders that are planted, as the Captain app names it. */
export const line = { vehicleType: 'mini', vehicleSubtype: 'Mini Truck - Tata Ace' } as const;

interface Planting {
  /** Names those who are planted; a second time it must be another one. */
  readonly label: 'few' | 'crowd';
  readonly orders: number;
  /** How many transporters each order is offered to. All have one truck, and no other offer. */
  readonly offersEach: number;
}

const stations = { few: 10, crowd: 20 } as const;

/** The id of whatever has this name. The contract reads only ids of the form that ours have. */
const idOf = `
  CREATE OR REPLACE FUNCTION pg_temp.id_of(name text) RETURNS uuid LANGUAGE sql AS $$
    SELECT overlay(overlay(md5(name) PLACING '7' FROM 13) PLACING '8' FROM 17)::uuid
  $$
`;

/** Orders of one truck, whose search lasts for an hour, with live offers. */
export async function plantOffered(
  client: Client,
  { label, orders, offersEach }: Planting,
): Promise<void> {
  await client.query(idOf);
  const plant = (statement: string, values: unknown[] = []) =>
    client.query(statement, [label, orders, ...values]);
  await plant(
    `
    WITH customers AS (
      INSERT INTO weelo.users (id, role, phone, name, verified_at)
      SELECT pg_temp.id_of('customer ' || $1::text || i), 'customer', (6000000000 + ${stations[label]} * 1000000 + i)::text,
             'Customer ' || i, now()
      FROM generate_series(1, $2::int) AS i
    )
    INSERT INTO weelo.orders (
      id, customer_id, idempotency_key, payload_hash, pickup_latitude, pickup_longitude, pickup_address,
      drop_latitude, drop_longitude, drop_address, distance_km, total_amount, needed, status, search_deadline, wave,
      event_version, online_candidates, notified_transporters
    )
    SELECT pg_temp.id_of('order ' || $1 || i), pg_temp.id_of('customer ' || $1 || i), md5('intent ' || $1 || i), md5('order ' || i),
           28.5, 77.4, 'Sector 18, Noida', 28.6, 77.2, 'Connaught Place, New Delhi', 25, 3000, 1, 'broadcasting',
           now() + interval '1 hour', 1, 2, $3::int, $3::int
    FROM generate_series(1, $2::int) AS i
  `,
    [offersEach],
  );
  await plant(`
    INSERT INTO weelo.truck_requests (
      id, order_id, number, vehicle_key, vehicle_type, vehicle_subtype, price_per_truck, quoted_price_per_truck, status
    )
    SELECT pg_temp.id_of('truck ' || $1 || i), pg_temp.id_of('order ' || $1 || i), 1, '${kind}', '${line.vehicleType}',
           '${line.vehicleSubtype}', 3000, 3000, 'searching'
    FROM generate_series(1, $2::int) AS i
  `);
  await plantTransporters(client, { label, orders, offersEach });
  await plant(
    `
    INSERT INTO weelo.offers (order_id, transporter_id, wave, distance_km, told_kinds, sent_at)
    SELECT pg_temp.id_of('order ' || $1 || i), pg_temp.id_of('fleet ' || $1 || (i - 1) * $3::int + n), 1, n / 10.0, '{${kind}}', now()
    FROM generate_series(1, $2::int) AS i, generate_series(1, $3) AS n
  `,
    [offersEach],
  );
  // By itself it would come in time; here nobody waits for it.
  await client.query('VACUUM ANALYZE');
}

async function plantTransporters(
  client: Client,
  { label, orders, offersEach }: Planting,
): Promise<void> {
  await client.query(
    `WITH owners AS (
       INSERT INTO weelo.users (id, role, phone, name, company, verified_at)
       SELECT pg_temp.id_of('fleet ' || $1::text || i), 'transporter', (7000000000 + ${stations[label]} * 1000000 + i)::text,
              'Owner ' || i, 'Rao Roadlines', now()
       FROM generate_series(1, $2::int) AS i
     )
     INSERT INTO weelo.vehicles (
       id, transporter_id, number, vehicle_key, vehicle_type, vehicle_subtype, capacity
     )
     SELECT pg_temp.id_of('vehicle ' || $1 || i), pg_temp.id_of('fleet ' || $1 || i),
            'KA${stations[label]}' || chr(65 + i / 10000) || i % 10000, '${kind}', '${line.vehicleType}',
            '${line.vehicleSubtype}', '1 Ton'
     FROM generate_series(1, $2::int) AS i`,
    [label, orders * offersEach],
  );
}

/** An order that is offered, and to whom: the nearest first. */
export interface OfferedOrder {
  readonly id: string;
  readonly transporterIds: readonly string[];
}

const Found = z.array(z.object({ id: z.string(), transporterIds: z.array(z.string()) }));

/** Those that were planted with so many offers each. */
export async function offeredOrders(
  pool: Pool,
  offersEach: number,
): Promise<readonly OfferedOrder[]> {
  const { rows } = await pool.query(
    `SELECT order_id AS id, array_agg(transporter_id::text ORDER BY distance_km) AS "transporterIds"
     FROM weelo.offers GROUP BY order_id HAVING count(*) = $1`,
    [offersEach],
  );
  return Found.parse(rows);
}
