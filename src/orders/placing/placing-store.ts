import { insertEventsOfOrders, type OutboxEvent } from '../../platform/outbox/events.ts';
import { columnNames, sql, type Database } from '../../platform/postgres/postgres.ts';
import {
  storedOrder,
  wholeOrder,
  type PlacedColumns,
  type WholeOrder,
} from '../order/order-row.ts';

/** The customer, with the order of the same idempotency key, if any, and the one with an open search, if any. */
export interface Placer {
  readonly phone: string;
  readonly sameIntent: WholeOrder | undefined;
  readonly searching: WholeOrder | undefined;
}

export async function findPlacer(
  db: Database,
  { customerId, idempotencyKey }: { readonly customerId: string; readonly idempotencyKey: string },
): Promise<Placer | undefined> {
  type Row = { [K in keyof WholeOrder]: WholeOrder[K] | null } & {
    readonly customer_phone: string;
  };
  const rows = await db.$queryRaw<Row[]>(sql`
    SELECT ${storedOrder}
    FROM weelo.users AS u
    LEFT JOIN weelo.orders AS o ON o.customer_id = u.id
      AND (o.search_closed_at IS NULL OR o.idempotency_key = ${idempotencyKey})
    WHERE u.id = ${customerId}::uuid
  `);
  const [customer] = rows;
  if (!customer) return undefined;
  const orders = rows.filter((row): row is WholeOrder => row.id !== null);
  return {
    phone: customer.customer_phone,
    sameIntent: orders.find(({ idempotency_key: key }) => key === idempotencyKey),
    searching: orders.find(({ search_closed_at: closedAt }) => closedAt === null),
  };
}

export interface OrderToPlace {
  readonly columns: PlacedColumns;
  readonly searchSeconds: number;
  readonly stops: readonly Stop[];
  readonly trucks: readonly TruckToPlace[];
}

interface Stop {
  readonly latitude: number;
  readonly longitude: number;
  readonly address: string;
  readonly city?: string | undefined;
  readonly state?: string | undefined;
}

interface TruckToPlace {
  readonly id: string;
  readonly number: number;
  readonly vehicleKey: string;
  readonly vehicleType: string;
  readonly vehicleSubtype: string;
  readonly pricePerTruck: number;
  readonly quotedPricePerTruck: number;
}

/**
 * P1, P2, P8: writes the order, its trucks, its stops and its events, in one statement: all of it or nothing. Answers
 * the order as it is stored.
 */
export async function insertOrder(
  db: Database,
  { columns, searchSeconds, stops, trucks }: OrderToPlace,
  events: readonly OutboxEvent[],
): Promise<WholeOrder> {
  const { id: orderId } = columns;
  const names = columnNames(columns);
  const inserted = wholeOrder({ trucks: sql`trucks`, stops: sql`stops` });
  const [placed] = await db.$queryRaw<WholeOrder[]>(sql`
    WITH placed AS (
      INSERT INTO weelo.orders (status, search_deadline, ${names})
      SELECT 'broadcasting', now() + ${searchSeconds}::int * interval '1 second', ${names}
      FROM jsonb_populate_record(NULL::weelo.orders, ${JSON.stringify(columns)}::jsonb)
      RETURNING *
    ), trucks AS (
      INSERT INTO weelo.truck_requests (
        id, order_id, number, vehicle_key, vehicle_type, vehicle_subtype, price_per_truck,
        quoted_price_per_truck, status
      )
      SELECT t.id, ${orderId}::uuid, t.number, t."vehicleKey", t."vehicleType", t."vehicleSubtype",
             t."pricePerTruck", t."quotedPricePerTruck", 'searching'
      FROM jsonb_to_recordset(${JSON.stringify(trucks)}::jsonb) AS t (
        id uuid, number int, "vehicleKey" text, "vehicleType" text, "vehicleSubtype" text,
        "pricePerTruck" int, "quotedPricePerTruck" int
      )
      RETURNING *
    ), stops AS (
      INSERT INTO weelo.route_points (order_id, position, latitude, longitude, address, city, state)
      SELECT ${orderId}::uuid, s.position, s.latitude, s.longitude, s.address, s.city, s.state
      FROM ROWS FROM (jsonb_to_recordset(${JSON.stringify(stops)}::jsonb) AS (
        latitude double precision, longitude double precision, address text, city text, state text
      )) WITH ORDINALITY AS s (latitude, longitude, address, city, state, position)
      RETURNING *
    ), told AS (${insertEventsOfOrders([{ orderId, eventVersion: 1, events }])})
    SELECT ${inserted} FROM placed AS o JOIN weelo.users AS u ON u.id = o.customer_id
  `);
  if (!placed) throw new Error('A placed order left no row behind');
  return placed;
}
