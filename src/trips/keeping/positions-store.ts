import { sql, type Database, type Sql } from '../../platform/postgres/postgres.ts';

/** Of an assignment `a`: nobody may ask any more where its truck was. */
const isLongOver = (endedBefore: Date): Sql => sql`
  a.ended_at < ${endedBefore} AND NOT EXISTS (
    SELECT 1 FROM weelo.disputes AS d WHERE d.order_id = a.order_id AND d.settled_at IS NULL
  )
`;

/*
 * Both statements walk an index from its oldest entry. What must stay although it is old (a trip that has not ended, an
 * open dispute) is passed over: there are never many.
 */

/** Deletes pieces of tracks, the oldest first, and answers how many. A trip gets new ones until twelve hours after its end. */
export function deleteTracks(db: Database, endedBefore: Date, most: number): Promise<number> {
  return db.$executeRaw`
    DELETE FROM weelo.track_segments AS s USING (
      SELECT old.trip_id, old.first_at
      FROM weelo.track_segments AS old JOIN weelo.assignments AS a ON a.id = old.trip_id
      WHERE old.last_at < ${endedBefore} AND ${isLongOver(endedBefore)}
      ORDER BY old.last_at
      LIMIT ${most}::int
    ) AS over
    WHERE s.trip_id = over.trip_id AND s.first_at = over.first_at
  `;
}

/** Erases the positions in the log of trips. Its other columns stay. Answers in how many entries. */
export function erasePositionsOfMoves(
  db: Database,
  endedBefore: Date,
  most: number,
): Promise<number> {
  return db.$executeRaw`
    UPDATE weelo.trip_moves AS m SET latitude = NULL, longitude = NULL FROM (
      SELECT old.trip_id, old.id
      FROM weelo.trip_moves AS old JOIN weelo.assignments AS a ON a.id = old.trip_id
      WHERE old.latitude IS NOT NULL AND old.at < ${endedBefore} AND ${isLongOver(endedBefore)}
      ORDER BY old.at
      LIMIT ${most}::int
    ) AS over
    WHERE m.trip_id = over.trip_id AND m.id = over.id
  `;
}
