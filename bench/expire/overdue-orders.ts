import type { Client } from '@weelo/data';

export const overdue = 100_000;

/** Each of another customer, of one truck to three, with the event of its placing relayed. */
export async function plantOverdue(client: Client): Promise<void> {
  await client.query(`
    WITH customers AS (
      INSERT INTO weelo.users (id, role, phone, name, verified_at)
      SELECT gen_random_uuid(), 'customer', (7000000000 + i)::text, 'Customer ' || i, now()
      FROM generate_series(1, ${overdue}) AS i
      RETURNING id, phone
    )
    INSERT INTO weelo.orders (
      id, customer_id, idempotency_key, payload_hash, status, pickup_latitude, pickup_longitude,
      pickup_address, drop_latitude, drop_longitude, drop_address, distance_km, total_amount, needed,
      search_deadline, created_at, updated_at
    )
    SELECT gen_random_uuid(), id, gen_random_uuid()::text, md5(phone), 'broadcasting', 28.5, 77.4, 'Sector 18, Noida',
           28.6, 77.2, 'Connaught Place, New Delhi', 25, 900 * needed, needed,
           placed_at + interval '60 seconds', placed_at, placed_at
    FROM customers,
    LATERAL (SELECT 1 + phone::bigint % 3 AS needed,
                    now() - interval '1 hour' + phone::bigint % 3000 * interval '1 second' AS placed_at) AS a
  `);
  await client.query(`
    INSERT INTO weelo.truck_requests (
      id, order_id, number, vehicle_key, vehicle_type, vehicle_subtype, price_per_truck,
      quoted_price_per_truck, status, created_at, updated_at
    )
    SELECT gen_random_uuid(), o.id, n, 'mini_mini-truck-tata-ace', 'mini', 'Mini Truck - Tata Ace', 900, 1274,
           'searching', o.created_at, o.updated_at
    FROM weelo.orders AS o, generate_series(1, o.needed) AS n
  `);
  await client.query(`
    INSERT INTO weelo.outbox (id, order_id, event_version, queue, message, created_at, relayed_at)
    SELECT gen_random_uuid(), id, 1, 'dispatch', jsonb_build_object('kind', 'search-wave', 'orderId', id, 'wave', 1),
           created_at, created_at
    FROM weelo.orders
  `);
  // By itself it would come in time; here nobody waits for it.
  await client.query('VACUUM ANALYZE');
}

/**
 * Milliseconds of the least that writes the same: every order ended, its trucks with it, and two events for each. It
 * locks nothing before, decides nothing and tells nobody.
 */
export async function inOneStatement(client: Client): Promise<number> {
  const start = performance.now();
  const { rowCount } = await client.query(`
    WITH ended AS (
      UPDATE weelo.orders
      SET status = 'expired', event_version = event_version + 1, search_closed_at = clock_timestamp(),
          reason_code = 'NO_ONLINE_TRANSPORTERS', updated_at = clock_timestamp()
      WHERE search_closed_at IS NULL AND search_deadline <= clock_timestamp()
      RETURNING id, customer_id, event_version, needed
    ), trucks AS (
      UPDATE weelo.truck_requests AS t SET status = 'expired', updated_at = clock_timestamp()
      FROM ended WHERE t.order_id = ended.id
      RETURNING t.id, t.order_id
    ), lost AS (
      SELECT order_id, jsonb_agg(id) AS ids FROM trucks GROUP BY order_id
    ), published AS (
      INSERT INTO weelo.outbox (id, order_id, event_version, part, queue, message)
      SELECT event.id, ended.id, ended.event_version, 1, 'notify', jsonb_build_object(
        'kind', 'domain-event', 'id', event.id, 'at', now(), 'name', 'OrderSearchExpired', 'version', 1,
        'data', jsonb_build_object(
          'orderId', ended.id, 'customerId', ended.customer_id, 'status', 'expired',
          'eventVersion', ended.event_version, 'trucksNeeded', ended.needed, 'trucksFilled', 0,
          'expiredTruckRequestIds', lost.ids, 'reasonCode', 'NO_ONLINE_TRANSPORTERS'))
      FROM ended JOIN lost ON lost.order_id = ended.id,
      LATERAL (SELECT md5('published ' || ended.id)::uuid AS id) AS event
    )
    INSERT INTO weelo.outbox (id, order_id, event_version, queue, message)
    SELECT event.id, ended.id, ended.event_version, 'notify', jsonb_build_object(
      'kind', 'order-event', 'id', event.id, 'at', now(), 'event', 'order_expired',
      'to', jsonb_build_array(ended.customer_id), 'data', jsonb_build_object(
        'orderId', ended.id, 'bookingId', ended.id, 'broadcastId', ended.id, 'status', 'expired',
        'eventVersion', ended.event_version, 'expiredAt', now(), 'totalTrucks', ended.needed,
        'trucksFilled', 0, 'expiredTruckRequestIds', lost.ids, 'reasonCode', 'NO_ONLINE_TRANSPORTERS',
        'onlineCandidates', 0, 'notifiedTransporters', 0))
    FROM ended JOIN lost ON lost.order_id = ended.id,
    LATERAL (SELECT md5(ended.id::text)::uuid AS id) AS event
  `);
  if (rowCount !== overdue) throw new Error(`The statement ended ${rowCount} orders`);
  return performance.now() - start;
}
