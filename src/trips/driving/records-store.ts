import { sql, type Database } from '../../platform/postgres/postgres.ts';
import type { AskedDriver } from './asked-driver.ts';

/** What a driver has done so far, counted when each thing happened. */
export interface DriverRecord {
  /** Completed ones. */
  readonly trips: number;
  readonly distanceM: number;
  readonly onTime: number;
  /** Trips that were answered, or not answered in time. */
  readonly asked: number;
  readonly accepted: number;
  /** By the driver, after accepting. */
  readonly givenUp: number;
  readonly ratingSum: number;
  readonly ratings: number;
}

const nothingYet: DriverRecord = {
  trips: 0,
  distanceM: 0,
  onTime: 0,
  asked: 0,
  accepted: 0,
  givenUp: 0,
  ratingSum: 0,
  ratings: 0,
};

export async function recordOf(db: Database, driverId: string): Promise<DriverRecord> {
  const [found] = await db.$queryRaw<DriverRecord[]>(sql`
    SELECT trips, distance_m::float8 AS "distanceM", on_time AS "onTime", asked, accepted,
           given_up AS "givenUp", rating_sum AS "ratingSum", ratings
    FROM weelo.driver_records WHERE driver_id = ${driverId}::uuid
  `);
  return found ?? nothingYet;
}

/** A day in India on which a driver has completed trips. */
export interface DrivenDay {
  readonly day: string;
  readonly trips: number;
  readonly earnings: number;
  readonly distanceM: number;
}

/** The days since `first`, the oldest first. P12: a transporter sees only what was driven for it. */
export function daysOf(
  db: Database,
  { driverId, transporterId }: AskedDriver,
  first: string,
): Promise<readonly DrivenDay[]> {
  return db.$queryRaw<DrivenDay[]>(sql`
    SELECT to_char(d.day, 'YYYY-MM-DD') AS day, sum(trips)::int AS trips, sum(earnings)::float8 AS earnings,
           sum(distance_m)::float8 AS "distanceM"
    FROM weelo.driver_days AS d
    WHERE driver_id = ${driverId}::uuid AND d.day >= ${first}::date
      AND (${transporterId ?? null}::uuid IS NULL OR transporter_id = ${transporterId ?? null}::uuid)
    GROUP BY d.day ORDER BY d.day
  `);
}
