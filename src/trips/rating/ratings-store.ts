import type { AssignmentStatus } from '../../contract/http/assignments/status.ts';
import { sql, type Database } from '../../platform/postgres/postgres.ts';
import type { Rated } from '../../fleet/drivers/average-rating.ts';

export interface OwnTrip {
  readonly tripId: string;
  readonly customerId: string;
}

/** A trip of a customer's order. */
export interface TripToRate extends OwnTrip {
  readonly status: AssignmentStatus;
  readonly orderId: string;
  readonly transporterId: string;
  readonly driverId: string;
  readonly driverName: string | null;
}

/**
 * P12: another customer's trip is not found. The order cannot change meanwhile: whoever changes orders counts trips of
 * drivers, too, and locks in this sequence.
 */
export async function lockTripToRate(
  db: Database,
  { tripId, customerId }: OwnTrip,
): Promise<TripToRate | undefined> {
  const [trip] = await db.$queryRaw<TripToRate[]>(sql`
    SELECT a.id AS "tripId", o.customer_id AS "customerId", a.status, a.order_id AS "orderId",
           a.transporter_id AS "transporterId", a.driver_id AS "driverId", driver.name AS "driverName"
    FROM weelo.assignments AS a
    JOIN weelo.orders AS o ON o.id = a.order_id
    JOIN weelo.users AS driver ON driver.id = a.driver_id
    WHERE a.id = ${tripId}::uuid AND o.customer_id = ${customerId}::uuid
    FOR KEY SHARE OF o
  `);
  return trip;
}

export interface NewRating {
  readonly id: string;
  readonly stars: number;
  readonly comment: string | null;
  readonly tags: readonly string[];
}

/**
 * Writes a rating and counts it for the driver, in one statement: so each is counted once. Answers what the driver has
 * then, or nothing if the trip was rated before.
 */
export async function addRating(
  db: Database,
  { tripId, customerId, orderId, driverId }: TripToRate,
  { id, stars, comment, tags }: NewRating,
): Promise<Rated | undefined> {
  const [counted] = await db.$queryRaw<Rated[]>(sql`
    WITH rated AS (
      INSERT INTO weelo.ratings (trip_id, id, order_id, customer_id, driver_id, stars, comment, tags)
      VALUES (${tripId}::uuid, ${id}::uuid, ${orderId}::uuid, ${customerId}::uuid, ${driverId}::uuid,
              ${stars}::int, ${comment}, ${[...tags]}::text[])
      ON CONFLICT (trip_id) DO NOTHING
      RETURNING driver_id, stars
    )
    INSERT INTO weelo.driver_records AS r (driver_id, rating_sum, ratings)
    SELECT driver_id, stars, 1 FROM rated
    ON CONFLICT (driver_id) DO UPDATE
    SET rating_sum = r.rating_sum + excluded.rating_sum, ratings = r.ratings + excluded.ratings
    RETURNING r.rating_sum AS "ratingSum", r.ratings
  `);
  return counted;
}

/** How a trip was rated first, and what its driver has now. */
export async function firstRating(
  db: Database,
  tripId: string,
): Promise<(Rated & { readonly id: string; readonly stars: number }) | undefined> {
  const [found] = await db.$queryRaw<(Rated & { id: string; stars: number })[]>(sql`
    SELECT g.id, g.stars, r.rating_sum AS "ratingSum", r.ratings
    FROM weelo.ratings AS g JOIN weelo.driver_records AS r ON r.driver_id = g.driver_id
    WHERE g.trip_id = ${tripId}::uuid
  `);
  return found;
}

interface Place {
  readonly latitude: number;
  readonly longitude: number;
  readonly address: string;
  readonly city: string | null;
  readonly state: string | null;
}

export interface UnratedRow {
  readonly tripId: string;
  readonly orderId: string;
  readonly driverName: string | null;
  readonly driverPhoto: string | null;
  readonly vehicleNumber: string;
  readonly vehicleType: string;
  readonly pickup: Place;
  readonly drop: Place;
  readonly completedAt: Date;
}

/** A customer's completed trips without a rating, the last one first. */
export function unratedTripsOf(
  db: Database,
  customerId: string,
  most: number,
): Promise<readonly UnratedRow[]> {
  return db.$queryRaw<UnratedRow[]>(sql`
    SELECT a.id AS "tripId", o.id AS "orderId", driver.name AS "driverName", driver.profile_photo AS "driverPhoto",
           a.vehicle_number AS "vehicleNumber", t.vehicle_type AS "vehicleType", a.ended_at AS "completedAt",
           jsonb_build_object(
             'latitude', o.pickup_latitude, 'longitude', o.pickup_longitude, 'address', o.pickup_address,
             'city', o.pickup_city, 'state', o.pickup_state
           ) AS pickup,
           jsonb_build_object(
             'latitude', o.drop_latitude, 'longitude', o.drop_longitude, 'address', o.drop_address,
             'city', o.drop_city, 'state', o.drop_state
           ) AS drop
    FROM weelo.orders AS o
    JOIN weelo.assignments AS a ON a.order_id = o.id AND a.status = 'completed'
    JOIN weelo.truck_requests AS t ON t.id = a.truck_request_id
    JOIN weelo.users AS driver ON driver.id = a.driver_id
    WHERE o.customer_id = ${customerId}::uuid
      AND NOT EXISTS (SELECT FROM weelo.ratings AS g WHERE g.trip_id = a.id)
    ORDER BY a.ended_at DESC, a.id DESC
    LIMIT ${most}::int
  `);
}
