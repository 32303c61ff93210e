import type { TripDocuments } from '../../contract/http/trips/views.ts';
import type { Database } from '../../platform/postgres/postgres.ts';
import { sql } from '../../platform/postgres/postgres.ts';
import { documentsSql } from '../trips/documents-sql.ts';
import type { EndedTrips } from './booking.ts';
import type { Stays } from '../stays/stay.ts';
import { staysSql } from '../stays/stays-sql.ts';

/** What a customer is shown of a trip beside who drives it. */
export interface TripFacts {
  readonly tripId: string;
  readonly stays: Stays;
  readonly documents: TripDocuments;
  readonly driverPhoto: string | null;
  /** Of all the driver's ratings. */
  readonly ratingSum: number;
  readonly ratings: number;
  /** How the customer has rated this trip. */
  readonly stars: number | null;
  readonly needsCodes: boolean;
}

export function tripFactsOf(
  db: Database,
  tripIds: readonly string[],
): Promise<readonly TripFacts[]> {
  return db.$queryRaw<TripFacts[]>(sql`
    SELECT a.id AS "tripId", ${staysSql(sql`a`)} AS stays, ${documentsSql(sql`papers`)} AS documents,
           driver.profile_photo AS "driverPhoto", COALESCE(record.rating_sum, 0) AS "ratingSum",
           COALESCE(record.ratings, 0) AS ratings, rating.stars, o.requires_trip_codes AS "needsCodes"
    FROM weelo.assignments AS a
    JOIN weelo.orders AS o ON o.id = a.order_id
    JOIN weelo.users AS driver ON driver.id = a.driver_id
    LEFT JOIN weelo.driver_records AS record ON record.driver_id = a.driver_id
    LEFT JOIN weelo.trip_documents AS papers ON papers.trip_id = a.id
    LEFT JOIN weelo.ratings AS rating ON rating.trip_id = a.id
    WHERE a.id = ANY (${[...tripIds]}::uuid[])
  `);
}

/** How many trips of each of these orders are completed, and how many of them the customer has rated. */
export async function endedTripsOf(
  db: Database,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, EndedTrips>> {
  if (orderIds.length === 0) return new Map();
  const rows = await db.$queryRaw<
    { orderId: string; completed: number; rated: number; at: Date }[]
  >`
    SELECT a.order_id AS "orderId", count(*)::int AS completed, count(rating.trip_id)::int AS rated, max(a.ended_at) AS at
    FROM weelo.assignments AS a LEFT JOIN weelo.ratings AS rating ON rating.trip_id = a.id
    WHERE a.order_id = ANY (${[...orderIds]}::uuid[]) AND a.status = 'completed'
    GROUP BY a.order_id
  `;
  return new Map(
    rows.map(({ orderId, completed, rated, at }) => [
      orderId,
      { completed, rated, lastAt: at.toISOString() },
    ]),
  );
}
