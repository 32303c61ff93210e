import type { AssignmentStatus } from '../../contract/http/assignments/status.ts';
import type { OrderStatus, TruckStatus } from '../../contract/http/orders/views.ts';
import { sql, type Sql } from '../../platform/postgres/postgres.ts';
import type { Stays } from '../stays/stay.ts';
import { staysSql } from '../stays/stays-sql.ts';

/**
 * The columns of weelo.orders that are written when an order is placed. A new column is added here, and in `orderOf`.
 */
export interface PlacedColumns {
  readonly id: string;
  readonly customer_id: string;
  readonly idempotency_key: string;
  readonly payload_hash: string;
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
  readonly requires_trip_codes: boolean;
  readonly total_amount: number;
  readonly needed: number;
}

/** A row of weelo.orders with its customer. */
export interface OrderRow extends PlacedColumns {
  readonly customer_name: string | null;
  readonly customer_phone: string;
  readonly status: OrderStatus;
  readonly claimed: number;
  readonly filled: number;
  readonly search_deadline: Date;
  readonly search_closed_at: Date | null;
  readonly reason_code: string | null;
  readonly wave: number;
  readonly online_candidates: number;
  readonly notified_transporters: number;
  readonly event_version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  /** By the database's clock, when it was read. */
  readonly is_overdue: boolean;
}

export interface TruckRow {
  readonly id: string;
  readonly number: number;
  readonly vehicleKey: string;
  readonly vehicleType: string;
  readonly vehicleSubtype: string;
  readonly pricePerTruck: number;
  readonly quotedPricePerTruck: number;
  readonly status: TruckStatus;
  /** The hold that holds the truck, if one does. */
  readonly holdId: string | null;
  /** Who drives it, once somebody does. */
  readonly assigned: AssignedRow | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

interface AssignedRow {
  readonly assignmentId: string;
  readonly status: AssignmentStatus;
  readonly transporterId: string;
  readonly transporterName: string | null;
  readonly vehicleNumber: string;
  readonly driverId: string;
  readonly driverName: string | null;
  readonly driverPhone: string;
  readonly stays: Stays;
  readonly assignedAtMs: number;
  readonly acceptedAtMs: number | null;
  /** When the truck left for the drop. */
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
}

export interface StopRow {
  readonly latitude: number;
  readonly longitude: number;
  readonly address: string;
  readonly city: string | null;
  readonly state: string | null;
}

/** An order with its trucks and stops. */
export interface WholeOrder extends OrderRow {
  readonly trucks: readonly TruckRow[];
  readonly stops: readonly StopRow[];
}

/** P6: past its deadline, and its search not closed yet. `orders` is the row's name in the statement. */
export const isOverdueSql = (orders: Sql) =>
  sql`${orders}.search_closed_at IS NULL AND ${orders}.search_deadline <= clock_timestamp()`;

/** P4: the assignment that is, or was, on a truck. A truck has at most one. */
export const isManningSql = (assignments: Sql) =>
  sql`${assignments}.status <> ALL (ARRAY['driver_declined'::weelo.assignment_status, 'timed_out'::weelo.assignment_status, 'cancelled'::weelo.assignment_status])`;

/**
 * A whole order, for a statement in which `o` is its row and `u` its customer. Trucks and stops come from `from`.
 */
export const wholeOrder = (from: { readonly trucks: Sql; readonly stops: Sql }) => sql`
  o.*, u.name AS customer_name, u.phone AS customer_phone, ${isOverdueSql(sql`o`)} AS is_overdue,
  (
    SELECT jsonb_agg(jsonb_build_object(
      'id', t.id, 'number', t.number, 'vehicleKey', t.vehicle_key, 'vehicleType', t.vehicle_type,
      'vehicleSubtype', t.vehicle_subtype, 'pricePerTruck', t.price_per_truck,
      'quotedPricePerTruck', t.quoted_price_per_truck, 'status', t.status, 'holdId', t.hold_id,
      'assigned', CASE WHEN a.id IS NOT NULL THEN jsonb_build_object(
        'assignmentId', a.id, 'status', a.status, 'transporterId', a.transporter_id,
        'transporterName', COALESCE(owner.company, owner.name), 'vehicleNumber', a.vehicle_number,
        'driverId', a.driver_id, 'driverName', driver.name, 'driverPhone', driver.phone,
        'stays', ${staysSql(sql`a`)}, 'assignedAtMs', floor(extract(epoch FROM a.created_at) * 1000),
        'acceptedAtMs', floor(extract(epoch FROM a.accepted_at) * 1000),
        'startedAtMs', floor(extract(epoch FROM a.started_at) * 1000),
        'endedAtMs', floor(extract(epoch FROM a.ended_at) * 1000)
      ) END,
      'createdAtMs', floor(extract(epoch FROM t.created_at) * 1000),
      'updatedAtMs', floor(extract(epoch FROM t.updated_at) * 1000)
    ) ORDER BY t.number)
    FROM ${from.trucks} AS t
    LEFT JOIN weelo.assignments AS a ON a.truck_request_id = t.id AND ${isManningSql(sql`a`)}
    LEFT JOIN weelo.users AS owner ON owner.id = a.transporter_id
    LEFT JOIN weelo.users AS driver ON driver.id = a.driver_id
    WHERE t.order_id = o.id
  ) AS trucks,
  COALESCE((
    SELECT jsonb_agg(jsonb_build_object(
      'latitude', p.latitude, 'longitude', p.longitude, 'address', p.address, 'city', p.city, 'state', p.state
    ) ORDER BY p.position)
    FROM ${from.stops} AS p WHERE p.order_id = o.id
  ), '[]') AS stops
`;

/** A whole order, read from its tables. */
export const storedOrder = wholeOrder({
  trucks: sql`weelo.truck_requests`,
  stops: sql`weelo.route_points`,
});
