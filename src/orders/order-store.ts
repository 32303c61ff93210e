import type { OrderStatus, TruckStatus } from '../contract/orders.ts';
import { sql, type Database } from '../platform/postgres.ts';
import type { OutboxRow } from './outbox-store.ts';

/** A row of weelo.orders with its customer, as everyone who reads it needs it. */
export interface OrderRow {
  readonly id: string;
  readonly customer_id: string;
  readonly customer_name: string | null;
  readonly customer_phone: string;
  readonly idempotency_key: string;
  readonly payload_hash: string;
  readonly status: OrderStatus;
  readonly pickup_latitude: number;
  readonly pickup_longitude: number;
  readonly pickup_address: string;
  readonly pickup_city: string | null;
  readonly pickup_state: string | null;
  readonly drop_latitude: number;
  readonly drop_longitude: number;
  readonly drop_address: string;
  readonly drop_city: string | null;
  readonly drop_state: string | null;
  readonly distance_km: number;
  readonly goods_type: string | null;
  readonly cargo_weight_kg: number | null;
  readonly scheduled_at: Date | null;
  readonly total_amount: number;
  readonly needed: number;
  readonly claimed: number;
  readonly filled: number;
  readonly search_deadline: Date;
  readonly search_closed_at: Date | null;
  readonly reason_code: string | null;
  readonly event_version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  /** By the database's clock, when it was read. */
  readonly is_overdue: boolean;
}

interface TruckRow {
  readonly id: string;
  readonly number: number;
  readonly vehicleKey: string;
  readonly vehicleType: string;
  readonly vehicleSubtype: string;
  readonly pricePerTruck: number;
  readonly quotedPricePerTruck: number;
  readonly status: TruckStatus;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export interface StopRow {
  readonly latitude: number;
  readonly longitude: number;
  readonly address: string;
  readonly city: string | null;
  readonly state: string | null;
}

/** All that there is of an order. */
export interface WholeOrder extends OrderRow {
  readonly trucks: readonly TruckRow[];
  readonly stops: readonly StopRow[];
}

const whole = sql`
  o.*, u.name AS customer_name, u.phone AS customer_phone,
  o.search_closed_at IS NULL AND o.search_deadline <= clock_timestamp() AS is_overdue,
  (
    SELECT jsonb_agg(jsonb_build_object(
      'id', t.id, 'number', t.number, 'vehicleKey', t.vehicle_key, 'vehicleType', t.vehicle_type,
      'vehicleSubtype', t.vehicle_subtype, 'pricePerTruck', t.price_per_truck,
      'quotedPricePerTruck', t.quoted_price_per_truck, 'status', t.status,
      'createdAtMs', floor(extract(epoch FROM t.created_at) * 1000),
      'updatedAtMs', floor(extract(epoch FROM t.updated_at) * 1000)
    ) ORDER BY t.number)
    FROM weelo.truck_requests AS t WHERE t.order_id = o.id
  ) AS trucks,
  COALESCE((
    SELECT jsonb_agg(jsonb_build_object(
      'latitude', p.latitude, 'longitude', p.longitude, 'address', p.address, 'city', p.city, 'state', p.state
    ) ORDER BY p.position)
    FROM weelo.route_points AS p WHERE p.order_id = o.id
  ), '[]') AS stops
`;

/** P12: somebody else's order is no order. */
export async function findOrder(
  db: Database,
  { orderId, customerId }: { readonly orderId: string; readonly customerId: string },
): Promise<WholeOrder | undefined> {
  const [order] = await db.$queryRaw<WholeOrder[]>(sql`
    SELECT ${whole}
    FROM weelo.orders AS o JOIN weelo.users AS u ON u.id = o.customer_id
    WHERE o.id = ${orderId}::uuid AND o.customer_id = ${customerId}::uuid
  `);
  return order;
}

/** Who is about to place an order, and what there is already of it: its intent, and an open search. */
export interface Placer {
  readonly name: string | null;
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
    readonly customer_name: string | null;
  };
  const rows = await db.$queryRaw<Row[]>(sql`
    SELECT ${whole}
    FROM weelo.users AS u
    LEFT JOIN weelo.orders AS o ON o.customer_id = u.id
      AND (o.search_closed_at IS NULL OR o.idempotency_key = ${idempotencyKey})
    WHERE u.id = ${customerId}::uuid
  `);
  const [first] = rows;
  if (!first) return undefined;
  const orders = rows.filter((row): row is WholeOrder => row.id !== null);
  return {
    name: first.customer_name,
    phone: first.customer_phone,
    sameIntent: orders.find(({ idempotency_key: key }) => key === idempotencyKey),
    searching: orders.find(({ search_closed_at: closedAt }) => closedAt === null),
  };
}

export interface OrderToPlace {
  readonly id: string;
  readonly customerId: string;
  readonly idempotencyKey: string;
  readonly payloadHash: string;
  readonly pickup: PlaceToKeep;
  readonly drop: PlaceToKeep;
  readonly stops: readonly PlaceToKeep[];
  readonly distanceKm: number;
  readonly goodsType: string | undefined;
  readonly cargoWeightKg: number | undefined;
  readonly scheduledAt: Date | undefined;
  readonly totalAmount: number;
  readonly searchSeconds: number;
  readonly trucks: readonly TruckToPlace[];
}

interface PlaceToKeep {
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

/** P1, P2, P8: the order, its trucks and what must be told of it, in one statement: all of it or nothing. */
export async function insertOrder(
  db: Database,
  order: OrderToPlace,
  event: OutboxRow,
): Promise<{ readonly created_at: Date; readonly search_deadline: Date }> {
  const { pickup, drop } = order;
  const [placed] = await db.$queryRaw<{ created_at: Date; search_deadline: Date }[]>`
    WITH placed AS (
      INSERT INTO weelo.orders (
        id, customer_id, idempotency_key, payload_hash, status,
        pickup_latitude, pickup_longitude, pickup_address, pickup_city, pickup_state,
        drop_latitude, drop_longitude, drop_address, drop_city, drop_state,
        distance_km, goods_type, cargo_weight_kg, scheduled_at, total_amount, needed, search_deadline
      ) VALUES (
        ${order.id}::uuid, ${order.customerId}::uuid, ${order.idempotencyKey}, ${order.payloadHash}, 'broadcasting',
        ${pickup.latitude}, ${pickup.longitude}, ${pickup.address}, ${pickup.city ?? null}, ${pickup.state ?? null},
        ${drop.latitude}, ${drop.longitude}, ${drop.address}, ${drop.city ?? null}, ${drop.state ?? null},
        ${order.distanceKm}::int, ${order.goodsType ?? null}, ${order.cargoWeightKg ?? null}::int,
        ${order.scheduledAt ?? null}::timestamptz, ${order.totalAmount}::int, ${order.trucks.length}::int,
        now() + ${order.searchSeconds}::int * interval '1 second'
      )
      RETURNING created_at, search_deadline
    ), trucks AS (
      INSERT INTO weelo.truck_requests (
        id, order_id, number, vehicle_key, vehicle_type, vehicle_subtype, price_per_truck,
        quoted_price_per_truck, status
      )
      SELECT t.id, ${order.id}::uuid, t.number, t."vehicleKey", t."vehicleType", t."vehicleSubtype",
             t."pricePerTruck", t."quotedPricePerTruck", 'searching'
      FROM jsonb_to_recordset(${JSON.stringify(order.trucks)}::jsonb) AS t (
        id uuid, number int, "vehicleKey" text, "vehicleType" text, "vehicleSubtype" text,
        "pricePerTruck" int, "quotedPricePerTruck" int
      )
    ), stops AS (
      INSERT INTO weelo.route_points (order_id, position, latitude, longitude, address, city, state)
      SELECT ${order.id}::uuid, s.position, s.latitude, s.longitude, s.address, s.city, s.state
      FROM ROWS FROM (jsonb_to_recordset(${JSON.stringify(order.stops)}::jsonb) AS (
        latitude double precision, longitude double precision, address text, city text, state text
      )) WITH ORDINALITY AS s (latitude, longitude, address, city, state, position)
    ), told AS (
      INSERT INTO weelo.outbox (id, order_id, event_version, queue, message)
      VALUES (${event.id}::uuid, ${order.id}::uuid, 1, ${event.queue}, ${JSON.stringify(event.message)}::jsonb)
    )
    SELECT created_at, search_deadline FROM placed
  `;
  if (!placed) throw new Error('A placed order left no row behind');
  return placed;
}

/** P4: whoever changes an order locks it first, and looks at it and at the clock in a statement of its own. */
export async function lockOrder(
  db: Database,
  { orderId, customerId }: { readonly orderId: string; readonly customerId: string },
): Promise<WholeOrder | undefined> {
  await db.$queryRaw`
    SELECT FROM weelo.orders
    WHERE id = ${orderId}::uuid AND customer_id = ${customerId}::uuid
    FOR UPDATE
  `;
  return findOrder(db, { orderId, customerId });
}

/** Which overdue orders: one, for which others are waited for, or some, past those that somebody works on. */
export type Overdue = { readonly orderId: string } | { readonly most: number };

/** As much of an order as it takes to end its search: of many at once, the rest is most of the reading. */
export type EndingOrder = Pick<
  OrderRow,
  'id' | 'customer_id' | 'needed' | 'claimed' | 'filled' | 'event_version' | 'search_deadline'
> & { readonly trucks: readonly Pick<TruckRow, 'id' | 'status'>[] };

/** P6: locks orders whose search should have ended by now. */
export async function lockOverdueOrders(
  db: Database,
  which: Overdue,
): Promise<readonly EndingOrder[]> {
  const those =
    'orderId' in which
      ? sql`AND id = ${which.orderId}::uuid FOR UPDATE`
      : sql`ORDER BY search_deadline LIMIT ${which.most}::int FOR UPDATE SKIP LOCKED`;
  const locked = await db.$queryRaw<{ id: string }[]>(sql`
    SELECT id FROM weelo.orders
    WHERE search_closed_at IS NULL AND search_deadline <= clock_timestamp() ${those}
  `);
  if (locked.length === 0) return [];
  return db.$queryRaw<EndingOrder[]>`
    SELECT o.id, o.customer_id, o.needed, o.claimed, o.filled, o.event_version, o.search_deadline, t.trucks
    FROM weelo.orders AS o, LATERAL (
      SELECT jsonb_agg(jsonb_build_object('id', t.id, 'status', t.status) ORDER BY t.number) AS trucks
      FROM weelo.truck_requests AS t WHERE t.order_id = o.id
    ) AS t
    WHERE o.id = ANY (${locked.map(({ id }) => id)}::uuid[])
  `;
}

export interface OrderFilter {
  /** All of them, where none is named. */
  readonly statuses: readonly OrderStatus[];
  /** Whether those whose search has ended with trucks, or the others. Both, where it is not said. */
  readonly foundAndClosed?: boolean | undefined;
}

/** A customer's orders, newest first; older than `before`, where one is given. */
export function ordersOf(
  db: Database,
  customerId: string,
  filter: OrderFilter & {
    readonly before?: string | undefined;
    readonly skip?: number;
    readonly most: number;
  },
): Promise<readonly WholeOrder[]> {
  const { statuses, foundAndClosed = null, before, skip = 0, most } = filter;
  return db.$queryRaw<WholeOrder[]>(sql`
    SELECT ${whole}
    FROM weelo.orders AS o JOIN weelo.users AS u ON u.id = o.customer_id
    WHERE o.customer_id = ${customerId}::uuid
      AND (${before ?? null}::uuid IS NULL OR o.id < ${before ?? null}::uuid)
      AND (cardinality(${[...statuses]}::weelo.order_status[]) = 0 OR o.status = ANY (${[...statuses]}::weelo.order_status[]))
      AND (${foundAndClosed}::boolean IS NULL
           OR ${foundAndClosed}::boolean = (o.search_closed_at IS NOT NULL AND o.filled > 0))
    ORDER BY o.id DESC
    LIMIT ${most}::int OFFSET ${skip}::int
  `);
}

export async function countOrdersOf(
  db: Database,
  customerId: string,
  filter: OrderFilter,
): Promise<number> {
  const { statuses, foundAndClosed = null } = filter;
  const [counted] = await db.$queryRaw<{ total: number }[]>`
    SELECT count(*)::int AS total FROM weelo.orders
    WHERE customer_id = ${customerId}::uuid
      AND (cardinality(${[...statuses]}::weelo.order_status[]) = 0 OR status = ANY (${[...statuses]}::weelo.order_status[]))
      AND (${foundAndClosed}::boolean IS NULL
           OR ${foundAndClosed}::boolean = (search_closed_at IS NOT NULL AND filled > 0))
  `;
  return counted?.total ?? 0;
}

/** The newest order that is not over, and whether its search should have been. */
export async function liveOrderOf(
  db: Database,
  customerId: string,
): Promise<Pick<OrderRow, 'id' | 'status' | 'created_at' | 'is_overdue'> | undefined> {
  const [order] = await db.$queryRaw<
    Pick<OrderRow, 'id' | 'status' | 'created_at' | 'is_overdue'>[]
  >`
    SELECT id, status, created_at,
           search_closed_at IS NULL AND search_deadline <= clock_timestamp() AS is_overdue
    FROM weelo.orders
    WHERE customer_id = ${customerId}::uuid AND status NOT IN ('completed', 'cancelled', 'expired')
    ORDER BY id DESC
    LIMIT 1
  `;
  return order;
}

/** The search of an order, by the database's clock, while it is open. */
export async function searchOf(
  db: Database,
  orderId: string,
): Promise<{ readonly millisecondsLeft: number } | undefined> {
  const [search] = await db.$queryRaw<{ millisecondsLeft: number }[]>`
    SELECT GREATEST(0, extract(epoch FROM search_deadline - clock_timestamp()) * 1000)::float8
             AS "millisecondsLeft"
    FROM weelo.orders
    WHERE id = ${orderId}::uuid AND search_closed_at IS NULL
  `;
  return search;
}

/** Orders whose search should have ended, the latest ones first: those before them were tried already. */
export async function overdueOrders(db: Database, most: number): Promise<readonly string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM weelo.orders
    WHERE search_closed_at IS NULL AND search_deadline <= clock_timestamp()
    ORDER BY search_deadline DESC
    LIMIT ${most}::int
  `;
  return rows.map(({ id }) => id);
}

/** The search of a customer that should have ended by now. */
export async function overdueOrderOf(
  db: Database,
  customerId: string,
): Promise<{ readonly id: string } | undefined> {
  const [order] = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM weelo.orders
    WHERE customer_id = ${customerId}::uuid
      AND search_closed_at IS NULL AND search_deadline <= clock_timestamp()
  `;
  return order;
}
