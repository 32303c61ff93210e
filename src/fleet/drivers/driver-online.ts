import { sql, type Sql } from '../../platform/postgres/postgres.ts';

/**
 * A driver's last word on availability counts as long as the session in which it was said. A driver who logs out, is
 * logged out, or stays away for a month takes no trips. `drivers` is the row's name in the statement.
 */
export const isOnlineSql = (drivers: Sql) => sql`EXISTS (
  SELECT FROM weelo.driver_availability AS a JOIN weelo.sessions AS s ON s.id = a.session_id
  WHERE a.driver_id = ${drivers}.id AND a.is_available AND ${drivers}.suspended_at IS NULL
    AND s.ended_at IS NULL AND s.expires_at > now()
)`;
