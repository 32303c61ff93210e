import type { AssignmentStatus } from '../../contract/http/assignments/status.ts';
import { sql, type Database } from '../../platform/postgres/postgres.ts';
import { storedOrder, type WholeOrder } from '../order/order-row.ts';

export async function orderOfTrip(db: Database, tripId: string): Promise<string | undefined> {
  const [found] = await db.$queryRaw<{ orderId: string }[]>`
    SELECT order_id AS "orderId" FROM weelo.assignments WHERE id = ${tripId}::uuid
  `;
  return found?.orderId;
}

/** The trips that the vehicles of a transporter are on, with their orders. */
export function liveTripsOf(
  db: Database,
  transporterId: string,
): Promise<readonly (WholeOrder & { readonly trip_id: string })[]> {
  return db.$queryRaw(sql`
    SELECT ${storedOrder}, a.id AS trip_id
    FROM weelo.assignments AS a
    JOIN weelo.orders AS o ON o.id = a.order_id
    JOIN weelo.users AS u ON u.id = o.customer_id
    WHERE a.transporter_id = ${transporterId}::uuid AND a.live_driver_id IS NOT NULL
    ORDER BY a.id
  `);
}

interface TripRow extends WholeOrder {
  readonly trip: {
    readonly transporterId: string;
    readonly driverId: string;
    readonly driverName: string | null;
    readonly vehicleNumber: string;
    readonly status: AssignmentStatus;
    readonly acceptedAtMs: number | null;
    readonly startedAtMs: number | null;
    readonly endedAtMs: number | null;
  };
}

/** A trip with its order, also if the trip was lost. */
export async function tripRow(db: Database, tripId: string): Promise<TripRow | undefined> {
  const [row] = await db.$queryRaw<TripRow[]>(sql`
    SELECT ${storedOrder}, jsonb_build_object(
      'transporterId', a.transporter_id, 'driverId', a.driver_id, 'driverName', driver.name,
      'vehicleNumber', a.vehicle_number, 'status', a.status,
      'acceptedAtMs', floor(extract(epoch FROM a.accepted_at) * 1000),
      'startedAtMs', floor(extract(epoch FROM a.started_at) * 1000),
      'endedAtMs', floor(extract(epoch FROM a.ended_at) * 1000)
    ) AS trip
    FROM weelo.assignments AS a
    JOIN weelo.orders AS o ON o.id = a.order_id
    JOIN weelo.users AS u ON u.id = o.customer_id
    JOIN weelo.users AS driver ON driver.id = a.driver_id
    WHERE a.id = ${tripId}::uuid
  `);
  return row;
}

export async function liveTripOf(db: Database, driverId: string): Promise<string | undefined> {
  const [trip] = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM weelo.assignments WHERE live_driver_id = ${driverId}::uuid
  `;
  return trip?.id;
}
