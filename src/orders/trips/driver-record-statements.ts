import { sql, type Sql } from '../../platform/postgres/postgres.ts';

interface EndedTrip {
  readonly driverId: string;
  readonly transporterId: string;
  /** In rupees. */
  readonly earnings: number;
  readonly distanceM: number;
  readonly onTime: boolean;
}

/** These statements become parts of the statement that writes a transition: so each thing is counted once. */
export function countTrip({
  driverId,
  transporterId,
  earnings,
  distanceM,
  onTime,
}: EndedTrip): readonly Sql[] {
  const metres = Math.round(distanceM);
  return [
    sql`
      INSERT INTO weelo.driver_records AS r (driver_id, trips, earnings, distance_m, on_time)
      VALUES (${driverId}::uuid, 1, ${earnings}::int, ${metres}::int, ${onTime ? 1 : 0}::int)
      ON CONFLICT (driver_id) DO UPDATE
      SET trips = r.trips + 1, earnings = r.earnings + excluded.earnings,
          distance_m = r.distance_m + excluded.distance_m, on_time = r.on_time + excluded.on_time
    `,
    sql`
      INSERT INTO weelo.driver_days AS d (driver_id, day, transporter_id, trips, earnings, distance_m)
      VALUES (
        ${driverId}::uuid, (clock_timestamp() AT TIME ZONE 'Asia/Kolkata')::date, ${transporterId}::uuid,
        1, ${earnings}::int, ${metres}::int
      )
      ON CONFLICT (driver_id, day, transporter_id) DO UPDATE
      SET trips = d.trips + 1, earnings = d.earnings + excluded.earnings,
          distance_m = d.distance_m + excluded.distance_m
    `,
  ];
}

/** A driver was asked for a trip and has answered, or has not; or has given up a trip that was accepted. */
export function countAnswer(
  driverId: string,
  how: 'accepted' | 'declined' | 'timed_out' | 'given_up',
): Sql {
  const asked = how === 'given_up' ? 0 : 1;
  const accepted = how === 'accepted' ? 1 : 0;
  const givenUp = how === 'given_up' ? 1 : 0;
  return sql`
    INSERT INTO weelo.driver_records AS r (driver_id, asked, accepted, given_up)
    VALUES (${driverId}::uuid, ${asked}::int, ${accepted}::int, ${givenUp}::int)
    ON CONFLICT (driver_id) DO UPDATE
    SET asked = r.asked + excluded.asked, accepted = r.accepted + excluded.accepted,
        given_up = r.given_up + excluded.given_up
  `;
}
