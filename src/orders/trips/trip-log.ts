import type { AssignmentStatus } from '../../contract/http/assignments/status.ts';
import { sql, type Sql } from '../../platform/postgres/postgres.ts';

/** Something that happened on a trip, for whoever has to settle a quarrel about it. */
export interface TripLogEntry {
  readonly tripId: string;
  readonly id: string;
  readonly what: 'moved' | 'wrong_code' | 'ended';
  readonly status: AssignmentStatus;
  /** Null for an operator. */
  readonly userId: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly distanceM: number | null;
  readonly codeGiven: boolean;
  readonly remark: string | null;
}

export function logTrip(entry: TripLogEntry): Sql {
  return sql`
    INSERT INTO weelo.trip_moves (
      trip_id, id, what, status, user_id, latitude, longitude, distance_m, code_given, remark
    )
    VALUES (
      ${entry.tripId}::uuid, ${entry.id}::uuid, ${entry.what}, ${entry.status}::weelo.assignment_status,
      ${entry.userId}::uuid, ${entry.latitude}::float8, ${entry.longitude}::float8, ${entry.distanceM}::int,
      ${entry.codeGiven}, ${entry.remark}
    )
  `;
}
