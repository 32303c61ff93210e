import { sql, type Database, type Sql } from '../../platform/postgres/postgres.ts';
import { isOnlineSql } from './driver-online.ts';

/** A driver, with what the transporter may see. */
export interface FleetDriverRow {
  readonly id: string;
  readonly transporter_id: string;
  readonly phone: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly profile_photo: string | null;
  readonly license_number: string | null;
  readonly suspended_at: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly is_online: boolean;
  /** The trip that the driver is asked for, or on. */
  readonly trip_id: string | null;
  readonly vehicle_id: string | null;
  readonly vehicle_number: string | null;
  /** Completed ones. */
  readonly trips: number;
  readonly rating_sum: number;
  readonly ratings: number;
}

interface ListedDriver extends FleetDriverRow {
  readonly total: number;
  readonly online: number;
  readonly active: number;
  readonly available: number;
}

/** A list shows at most this many drivers. */
const mostListed = 1000;

const isOnline = isOnlineSql(sql`d`);

/** Drivers who belong to a fleet, newest first. Each row also has the counts over all who were found. */
function driversWhere(condition: Sql): Sql {
  return sql`
    WITH own AS (
      SELECT d.id, d.transporter_id, d.phone, d.name, d.email, d.profile_photo, d.license_number, d.suspended_at,
             d.created_at, d.updated_at, ${isOnline} AS is_online,
             (SELECT a.id FROM weelo.assignments AS a WHERE a.live_driver_id = d.id) AS trip_id,
             COALESCE(r.trips, 0) AS trips, COALESCE(r.rating_sum, 0) AS rating_sum, COALESCE(r.ratings, 0) AS ratings
      FROM weelo.users AS d LEFT JOIN weelo.driver_records AS r ON r.driver_id = d.id
      WHERE ${condition} AND d.transporter_id IS NOT NULL AND d.role = 'driver'
    ), counted AS (
      SELECT count(*)::int AS total,
             count(*) FILTER (WHERE is_online)::int AS online,
             count(*) FILTER (WHERE is_online AND trip_id IS NULL)::int AS available,
             count(*) FILTER (WHERE suspended_at IS NULL)::int AS active
      FROM own
    )
    SELECT own.*, counted.*, v.id AS vehicle_id, v.number AS vehicle_number
    FROM own
    CROSS JOIN counted
    LEFT JOIN LATERAL (
      SELECT id, number FROM weelo.vehicles
      WHERE assigned_driver_id = own.id AND transporter_id = own.transporter_id
      ORDER BY id DESC LIMIT 1
    ) AS v ON true
    ORDER BY own.id DESC
    LIMIT ${mostListed}::int
  `;
}

/** A fleet's drivers, newest first. Each row also has the counts over the whole fleet. */
export function driversOf(db: Database, transporterId: string): Promise<readonly ListedDriver[]> {
  return db.$queryRaw<ListedDriver[]>(driversWhere(sql`d.transporter_id = ${transporterId}::uuid`));
}

export async function findDriver(
  db: Database,
  driverId: string,
): Promise<FleetDriverRow | undefined> {
  const [found] = await db.$queryRaw<FleetDriverRow[]>(driversWhere(sql`d.id = ${driverId}::uuid`));
  return found;
}

export async function isInFleet(
  db: Database,
  { driverId, transporterId }: { readonly driverId: string; readonly transporterId: string },
): Promise<boolean> {
  const found = await db.$queryRaw<object[]>`
    SELECT FROM weelo.users
    WHERE id = ${driverId}::uuid AND transporter_id = ${transporterId}::uuid AND role = 'driver'
  `;
  return found.length > 0;
}

export interface AvailabilityRow {
  readonly is_online: boolean;
  /** 0 for a driver who has never said anything. */
  readonly revision: number;
  readonly said_at: Date | null;
}

export async function availabilityOf(db: Database, driverId: string): Promise<AvailabilityRow> {
  const [found] = await db.$queryRaw<AvailabilityRow[]>(sql`
    SELECT ${isOnline} AS is_online, COALESCE(a.revision, 0) AS revision, a.updated_at AS said_at
    FROM weelo.users AS d LEFT JOIN weelo.driver_availability AS a ON a.driver_id = d.id
    WHERE d.id = ${driverId}::uuid
  `);
  return found ?? { is_online: false, revision: 0, said_at: null };
}

/**
 * Changes whether a driver takes trips, if it has not changed since `seenRevision` and the session is open. It is one
 * statement: if many requests have seen the same revision, only one of them changes it.
 */
export async function changeAvailability(
  db: Database,
  said: {
    readonly driverId: string;
    readonly sessionId: string;
    readonly isOnline: boolean;
    readonly seenRevision: number;
  },
): Promise<{ readonly said_at: Date } | undefined> {
  const [changed] = await db.$queryRaw<{ said_at: Date }[]>`
    INSERT INTO weelo.driver_availability AS a (driver_id, session_id, is_available)
    SELECT s.user_id, s.id, ${said.isOnline}::boolean
    FROM weelo.sessions AS s
    WHERE s.id = ${said.sessionId}::uuid AND s.user_id = ${said.driverId}::uuid
      AND s.ended_at IS NULL AND s.expires_at > now()
    ON CONFLICT (driver_id) DO UPDATE
    SET session_id = EXCLUDED.session_id, is_available = EXCLUDED.is_available, revision = a.revision + 1,
        updated_at = now()
    WHERE a.revision = ${said.seenRevision}::int
    RETURNING a.updated_at AS said_at
  `;
  return changed;
}
