import type { VehicleStatus } from '../../contract/http/fleet/vehicles.ts';
import { sql, type Database, type Sql } from '../../platform/postgres/postgres.ts';

/** A row of weelo.vehicles, as it stands. */
export interface VehicleRow {
  readonly id: string;
  readonly transporter_id: string;
  readonly number: string;
  readonly vehicle_key: string;
  readonly vehicle_type: string;
  readonly vehicle_subtype: string;
  readonly capacity: string;
  readonly model: string | null;
  readonly make: string | null;
  readonly year: number | null;
  readonly body_type: string | null;
  readonly fuel_type: string | null;
  readonly status: VehicleStatus;
  readonly maintenance_reason: string | null;
  readonly maintenance_end_date: Date | null;
  readonly last_status_change: Date;
  readonly rc_number: string | null;
  readonly rc_expiry: Date | null;
  readonly insurance_number: string | null;
  readonly insurance_expiry: Date | null;
  readonly permit_number: string | null;
  readonly permit_expiry: Date | null;
  readonly fitness_expiry: Date | null;
  readonly assigned_driver_id: string | null;
  readonly is_verified: boolean;
  /** The trip that the vehicle is assigned to, or on. */
  readonly trip_id: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** P11: a vehicle is on at most one live trip. `vehicles` is the row's name in the statement. */
const tripOf = (vehicles: Sql) => sql`(
  SELECT a.id FROM weelo.assignments AS a WHERE a.live_vehicle_id = ${vehicles}.id
) AS trip_id`;

/** A list shows at most this many vehicles. */
const mostListed = 1000;

interface ListedVehicle extends VehicleRow {
  readonly total: number;
  readonly in_status: Readonly<Partial<Record<VehicleStatus, number>>>;
}

/** A fleet's vehicles, newest first. Each row also has the counts over the whole fleet: in total, and by status. */
export function vehiclesOf(db: Database, transporterId: string): Promise<readonly ListedVehicle[]> {
  return db.$queryRaw<ListedVehicle[]>(sql`
    WITH own AS (
      SELECT v.*, ${tripOf(sql`v`)} FROM weelo.vehicles AS v WHERE transporter_id = ${transporterId}::uuid
    ), counted AS (
      SELECT sum(vehicles)::int AS total, jsonb_object_agg(status, vehicles) AS in_status
      FROM (SELECT status, count(*) AS vehicles FROM own GROUP BY status) AS by_status
    )
    SELECT own.*, counted.total, counted.in_status
    FROM own CROSS JOIN counted
    ORDER BY own.id DESC
    LIMIT ${mostListed}::int
  `);
}

interface Which {
  readonly vehicleId: string;
  readonly transporterId: string;
}

/** P12: another transporter's vehicle is not found. */
export async function findVehicle(
  db: Database,
  { vehicleId, transporterId }: Which,
): Promise<VehicleRow | undefined> {
  const [vehicle] = await db.$queryRaw<VehicleRow[]>(sql`
    SELECT v.*, ${tripOf(sql`v`)} FROM weelo.vehicles AS v
    WHERE id = ${vehicleId}::uuid AND transporter_id = ${transporterId}::uuid
  `);
  return vehicle;
}

/** What an owner changes about a vehicle. A field that is left out stays as it is; null clears it. */
export type VehicleChange = Readonly<
  Partial<
    Record<
      | 'capacity'
      | 'model'
      | 'make'
      | 'body_type'
      | 'fuel_type'
      | 'status'
      | 'maintenance_reason'
      | 'maintenance_end_date'
      | 'rc_number'
      | 'rc_expiry'
      | 'insurance_number'
      | 'insurance_expiry'
      | 'permit_number'
      | 'permit_expiry'
      | 'fitness_expiry',
      string | null | undefined
    > & { readonly year: number | undefined }
  >
>;

export interface VehicleToWrite {
  readonly newId: string;
  readonly transporterId: string;
  readonly number: string;
  readonly key: string;
  readonly type: string;
  readonly subtype: string;
  /** For a new vehicle, if the owner does not say its capacity. */
  readonly usualCapacity: string;
  readonly change: VehicleChange;
  /** A known vehicle is only changed if it is in one of these statuses. */
  readonly from: readonly VehicleStatus[];
}

export interface WrittenVehicle extends VehicleRow {
  readonly is_new: boolean;
}

/**
 * Registers a vehicle, or changes the one that its owner has under this number. It is one statement: if many requests
 * register a number at once, one inserts the row, and the others wait for it at the index and then see it. Answers
 * nothing if another fleet has the number, or if the vehicle is of another kind or in none of the statuses.
 */
export async function writeVehicle(
  db: Database,
  vehicle: VehicleToWrite,
): Promise<WrittenVehicle | undefined> {
  const { newId, transporterId, number, key, type, subtype, usualCapacity, from } = vehicle;
  const change = JSON.stringify(vehicle.change);
  const [written] = await db.$queryRaw<WrittenVehicle[]>(sql`
    INSERT INTO weelo.vehicles AS v (
      id, transporter_id, number, vehicle_key, vehicle_type, vehicle_subtype, capacity, model, make, year, body_type,
      fuel_type, status, maintenance_reason, maintenance_end_date, rc_number, rc_expiry, insurance_number,
      insurance_expiry, permit_number, permit_expiry, fitness_expiry
    )
    SELECT ${newId}::uuid, ${transporterId}::uuid, ${number}, ${key}, ${type}, ${subtype},
           COALESCE(n.capacity, ${usualCapacity}), n.model, n.make, n.year, n.body_type, n.fuel_type,
           COALESCE(n.status, 'available'),
           CASE WHEN n.status = 'maintenance' THEN n.maintenance_reason END,
           CASE WHEN n.status = 'maintenance' THEN n.maintenance_end_date END,
           n.rc_number, n.rc_expiry, n.insurance_number, n.insurance_expiry, n.permit_number, n.permit_expiry,
           n.fitness_expiry
    FROM jsonb_populate_record(NULL::weelo.vehicles, ${change}::jsonb) AS n
    ON CONFLICT (number) DO UPDATE
    SET (
      capacity, model, make, year, body_type, fuel_type, status, maintenance_reason, maintenance_end_date,
      last_status_change, rc_number, rc_expiry, insurance_number, insurance_expiry, permit_number, permit_expiry,
      fitness_expiry, updated_at
    ) = (
      SELECT n.capacity, n.model, n.make, n.year, n.body_type, n.fuel_type, n.status,
             CASE WHEN n.status = 'maintenance' THEN n.maintenance_reason END,
             CASE WHEN n.status = 'maintenance' THEN n.maintenance_end_date END,
             CASE WHEN n.status = v.status THEN v.last_status_change ELSE now() END,
             n.rc_number, n.rc_expiry, n.insurance_number, n.insurance_expiry, n.permit_number, n.permit_expiry,
             n.fitness_expiry, now()
      FROM jsonb_populate_record(v, ${change}::jsonb) AS n
    )
    WHERE v.transporter_id = EXCLUDED.transporter_id AND v.vehicle_key = EXCLUDED.vehicle_key
      AND v.status = ANY (${[...from]}::weelo.vehicle_status[])
    RETURNING v.*, ${tripOf(sql`v`)}, v.id = ${newId}::uuid AS is_new
  `);
  return written;
}

/** Whether a number is taken, and whether by this transporter. It does not tell which other transporter has it. */
export async function findNumber(
  db: Database,
  { number, transporterId }: { readonly number: string; readonly transporterId: string },
): Promise<{ readonly isOwn: boolean; readonly key: string } | undefined> {
  const [found] = await db.$queryRaw<{ isOwn: boolean; key: string }[]>`
    SELECT transporter_id = ${transporterId}::uuid AS "isOwn", vehicle_key AS key
    FROM weelo.vehicles WHERE number = ${number}
  `;
  return found;
}

/** Removes an owner's vehicle if it is in one of these statuses. Answers whether it did. */
export async function removeVehicle(
  db: Database,
  { vehicleId, transporterId }: Which,
  from: readonly VehicleStatus[],
): Promise<boolean> {
  const removed = await db.$executeRaw`
    DELETE FROM weelo.vehicles
    WHERE id = ${vehicleId}::uuid AND transporter_id = ${transporterId}::uuid
      AND status = ANY (${[...from]}::weelo.vehicle_status[])
  `;
  return removed > 0;
}

/** The kinds that a fleet can serve, now or after a trip. Inactive vehicles and those in maintenance do not count. */
export async function kindsInService(
  db: Database,
  transporterId: string,
): Promise<readonly string[]> {
  const kinds = await db.$queryRaw<{ key: string }[]>`
    SELECT DISTINCT vehicle_key AS key FROM weelo.vehicles
    WHERE transporter_id = ${transporterId}::uuid AND status IN ('available', 'on_hold', 'in_transit')
    ORDER BY key
  `;
  return kinds.map(({ key }) => key);
}

/** A driver who has left the fleet drives none of its vehicles any more. P12: other fleets' vehicles do not change. */
export async function unassignDriver(
  db: Database,
  { driverId, transporterId }: { readonly driverId: string; readonly transporterId: string },
): Promise<void> {
  await db.$executeRaw`
    UPDATE weelo.vehicles SET assigned_driver_id = NULL, updated_at = now()
    WHERE assigned_driver_id = ${driverId}::uuid AND transporter_id = ${transporterId}::uuid
  `;
}
