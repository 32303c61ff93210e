import { sql, type Database, type Sql } from '../../platform/postgres/postgres.ts';
import type { LiveAssignment } from '../order/locked-order.ts';
import { logTrip } from './trip-log.ts';
import { stayColumns } from '../stays/stays-sql.ts';
import type { TripStatus } from './trip-status.ts';

/** What a status says of the places, and whether a position agrees. */
interface SaidOfPlaces {
  readonly pickup: { readonly arrived: boolean; readonly left: boolean };
  readonly drop: { readonly arrived: boolean; readonly left: boolean };
  readonly verified: boolean;
  /** Whether the stays end when the trip last went on: who ends a trip long after that has not waited since. */
  readonly untilLastMove?: boolean;
}

/**
 * These statements become parts of the statement that writes the transition. What a position has shown before stays:
 * the first sign of an arrival or a departure counts. Nobody leaves before arriving.
 */
export function moveTripRow(
  { id, vehicleId }: LiveAssignment,
  to: TripStatus,
  { pickup, drop, verified, untilLastMove = false }: SaidOfPlaces,
): readonly Sql[] {
  const ends = to === 'completed';
  const at = untilLastMove ? sql`COALESCE(a.moved_at, t.now)` : sql`t.now`;
  const vehicle = ends ? 'available' : to === 'in_transit' ? 'in_transit' : undefined;
  const said = { verified, at };
  return [
    sql`
      UPDATE weelo.assignments AS a
      SET status = ${to}::weelo.assignment_status, moved_at = t.now, stalled_told_at = NULL, updated_at = t.now,
          started_at = CASE WHEN ${to} = 'in_transit' THEN t.now ELSE a.started_at END,
          wrong_codes = 0, codes_locked_until = NULL,
          ${staySql('pickup', pickup, said)},
          ${staySql('drop', drop, said)},
          live_vehicle_id = CASE WHEN ${ends} THEN NULL ELSE a.live_vehicle_id END,
          live_driver_id = CASE WHEN ${ends} THEN NULL ELSE a.live_driver_id END,
          ended_at = CASE WHEN ${ends} THEN t.now END
      FROM (SELECT clock_timestamp() AS now) AS t
      WHERE a.id = ${id}::uuid
    `,
    ...(vehicle === undefined ? [] : [setVehicle(vehicleId, vehicle)]),
  ];
}

/** A truck whose driver says that it is there has not left, or has come again. */
function staySql(
  place: keyof typeof stayColumns,
  { arrived, left }: SaidOfPlaces['pickup'],
  { verified, at }: { readonly verified: boolean; readonly at: Sql },
): Sql {
  const stay = stayColumns[place];
  const begins = sql`(
    ${arrived} AND (a.${stay.arrived} IS NULL OR (NOT ${left} AND a.${stay.left} IS NOT NULL))
  )`;
  return sql`
    ${stay.verified} = CASE WHEN ${begins} THEN ${verified} ELSE a.${stay.verified} END,
    ${stay.arrived} = CASE WHEN ${begins} THEN ${at} ELSE a.${stay.arrived} END,
    ${stay.left} = CASE WHEN ${left} THEN COALESCE(a.${stay.left}, GREATEST(${at}, a.${stay.arrived}))
                        WHEN ${begins} THEN NULL ELSE a.${stay.left} END
  `;
}

function setVehicle(id: string, status: 'in_transit' | 'available'): Sql {
  return sql`
    UPDATE weelo.vehicles
    SET status = ${status}::weelo.vehicle_status, last_status_change = clock_timestamp(),
        updated_at = clock_timestamp()
    WHERE id = ${id}::uuid
  `;
}

/** In minutes, and how many wrong codes in a row lock a trip for so long. */
const codesLockedMinutes = 10;
const mostWrongCodes = 5;

interface WrongCode {
  readonly id: string;
  /** What the driver wanted the trip to become. */
  readonly status: TripStatus;
  readonly driverId: string;
}

/** Counts and logs a wrong code. The fifth in a row locks the trip's codes. Answers how many are left. */
export async function noteWrongCode(
  db: Database,
  { id: tripId, wrongCodes }: Pick<LiveAssignment, 'id' | 'wrongCodes'>,
  { id, status, driverId }: WrongCode,
): Promise<number> {
  // A lock that is over starts the count again.
  const wrong = (wrongCodes % mostWrongCodes) + 1;
  const entry = { tripId, id, what: 'wrong_code', status, userId: driverId, ...nowhere } as const;
  await db.$executeRaw(sql`
    WITH logged AS (${logTrip(entry)})
    UPDATE weelo.assignments
    SET wrong_codes = ${wrong}::int,
        codes_locked_until = CASE WHEN ${wrong === mostWrongCodes}
          THEN clock_timestamp() + ${codesLockedMinutes}::int * interval '1 minute' END
    WHERE id = ${tripId}::uuid
  `);
  return mostWrongCodes - wrong;
}

const nowhere = {
  latitude: null,
  longitude: null,
  distanceM: null,
  codeGiven: false,
  remark: null,
} as const;
