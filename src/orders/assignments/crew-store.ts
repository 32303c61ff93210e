import { isOnlineSql } from '../../fleet/drivers/driver-online.ts';
import { sql, type Database } from '../../platform/postgres/postgres.ts';

export interface VehicleToAssign {
  readonly id: string;
  readonly number: string;
  readonly vehicleKey: string;
  readonly isAvailable: boolean;
}

export interface DriverToAssign {
  readonly id: string;
  readonly name: string | null;
  readonly phone: string;
  /** The name of the transporter whom the driver drives for. */
  readonly fleetName: string | null;
  readonly isOnline: boolean;
  readonly isBusy: boolean;
}

/**
 * P12: only a transporter's own vehicles are found. They stay locked until the commit, so that their owner does not take
 * one out of service meanwhile. They are locked in the sequence of their ids: two confirmations then never wait for each
 * other.
 */
export function lockVehicles(
  db: Database,
  transporterId: string,
  ids: readonly string[],
): Promise<readonly VehicleToAssign[]> {
  return db.$queryRaw<VehicleToAssign[]>`
    SELECT id, number, vehicle_key AS "vehicleKey", status = 'available' AS "isAvailable"
    FROM weelo.vehicles
    WHERE id = ANY (${[...ids]}::uuid[]) AND transporter_id = ${transporterId}::uuid
    ORDER BY id FOR NO KEY UPDATE
  `;
}

/** P12: the kind of a transporter's own vehicle, before it is locked. */
export async function vehicleToAssign(
  db: Database,
  transporterId: string,
  id: string,
): Promise<{ readonly vehicleKey: string } | undefined> {
  const [vehicle] = await db.$queryRaw<{ vehicleKey: string }[]>`
    SELECT vehicle_key AS "vehicleKey" FROM weelo.vehicles
    WHERE id = ${id}::uuid AND transporter_id = ${transporterId}::uuid
  `;
  return vehicle;
}

/**
 * P12: only a transporter's own drivers are found. P11: a driver is busy until the last assignment has ended. They
 * cannot leave the fleet until the commit. Drivers are locked before vehicles, as when a driver leaves.
 */
export function lockDrivers(
  db: Database,
  transporterId: string,
  ids: readonly string[],
): Promise<readonly DriverToAssign[]> {
  return db.$queryRaw<DriverToAssign[]>(sql`
    SELECT d.id, d.name, d.phone, COALESCE(owner.company, owner.name) AS "fleetName",
           ${isOnlineSql(sql`d`)} AS "isOnline",
           EXISTS (SELECT FROM weelo.assignments AS a WHERE a.live_driver_id = d.id) AS "isBusy"
    FROM weelo.users AS d JOIN weelo.users AS owner ON owner.id = d.transporter_id
    WHERE d.id = ANY (${[...ids]}::uuid[]) AND d.role = 'driver' AND d.transporter_id = ${transporterId}::uuid
    ORDER BY d.id FOR KEY SHARE OF d
  `);
}
