import type { Client } from '@weelo/data';

/** Customers who are not measured, with five orders each. */
const customers = 200_000;
const storedOrders = 1_000_000;

/**
 * Three months of orders: of one truck to three, most of them over, the youngest still searching, each with an event
 * that was relayed.
 */
export async function storeOrders(client: Client): Promise<void> {
  await storeCustomers(client);
  await storeOldOrders(client);
  await storeTrucksAndEvents(client);
  // By itself it would come in time; here nobody waits for it.
  await client.query('VACUUM ANALYZE');
}

async function storeCustomers(client: Client): Promise<void> {
  await client.query(`
    INSERT INTO weelo.users (id, role, phone, name, verified_at)
    SELECT md5('customer ' || i)::uuid, 'customer', (7000000000 + i)::text, 'Customer ' || i, now()
    FROM generate_series(0, ${customers - 1}) AS i
  `);
}

async function storeOldOrders(client: Client): Promise<void> {
  await client.query(`
    INSERT INTO weelo.orders (
      id, customer_id, idempotency_key, payload_hash, status, pickup_latitude, pickup_longitude,
      pickup_address, drop_latitude, drop_longitude, drop_address, distance_km, total_amount, needed,
      claimed, filled, search_deadline, search_closed_at, reason_code, event_version, created_at, updated_at
    )
    SELECT
      -- As ids are: they begin with the time.
      (lpad(to_hex((extract(epoch FROM placed_at) * 1000)::bigint), 12, '0') || '7' ||
        substr(md5('order ' || i), 14))::uuid,
      md5('customer ' || i % ${customers})::uuid, md5('intent ' || i)::uuid::text, md5('payload ' || i),
      status, 28.4 + random() / 5, 77.2 + random() / 5, 'Sector ' || i % 90 || ', Noida',
      28.6 + random() / 5, 77 + random() / 5, 'Block ' || i % 70 || ', New Delhi', 10 + i % 60,
      900 * needed, needed, found, found, placed_at + interval '60 seconds', closed_at,
      CASE WHEN status = 'expired' THEN 'NO_TRANSPORTER_ACCEPTANCE' END,
      CASE WHEN closed_at IS NULL THEN 1 ELSE 2 END, placed_at, COALESCE(closed_at, placed_at)
    FROM generate_series(0, ${storedOrders - 1}) AS i,
    LATERAL (SELECT now() - (${storedOrders} - i) * interval '7 seconds' AS placed_at, 1 + i % 3 AS needed) AS a,
    LATERAL (
      SELECT (CASE WHEN i >= ${storedOrders - 500} THEN 'broadcasting' WHEN i % 10 < 7 THEN 'completed'
                   WHEN i % 10 < 9 THEN 'expired' ELSE 'cancelled' END)::weelo.order_status AS status
    ) AS b,
    LATERAL (
      SELECT CASE status WHEN 'completed' THEN needed ELSE 0 END AS found,
             CASE WHEN status <> 'broadcasting' THEN placed_at + interval '40 seconds' END AS closed_at
    ) AS c
  `);
}

async function storeTrucksAndEvents(client: Client): Promise<void> {
  await client.query(`
    INSERT INTO weelo.truck_requests (
      id, order_id, number, vehicle_key, vehicle_type, vehicle_subtype, price_per_truck,
      quoted_price_per_truck, status, created_at, updated_at
    )
    SELECT md5(o.id::text || n)::uuid, o.id, n, 'mini_mini-truck-tata-ace', 'mini', 'Mini Truck - Tata Ace', 900, 1274,
           (CASE o.status WHEN 'broadcasting' THEN 'searching' ELSE o.status::text END)::weelo.truck_status,
           o.created_at, o.updated_at
    FROM weelo.orders AS o, generate_series(1, o.needed) AS n
  `);
  await client.query(`
    INSERT INTO weelo.outbox (id, order_id, event_version, queue, message, created_at, relayed_at)
    SELECT md5('event ' || id)::uuid, id, 1, 'dispatch',
           jsonb_build_object('kind', 'search-wave', 'id', md5('event ' || id)::uuid, 'orderId', id, 'wave', 1),
           created_at, created_at
    FROM weelo.orders
  `);
}
