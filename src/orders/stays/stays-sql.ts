import { sql, type Sql } from '../../platform/postgres/postgres.ts';

const ms = (instant: Sql) => sql`floor(extract(epoch FROM ${instant}) * 1000)`;

/** How long the truck of an assignment was at the pickup and at the drop, as a JSON object. */
export const staysSql = (assignments: Sql) => sql`jsonb_build_object(
  'pickup', jsonb_build_object(
    'arrivedAtMs', ${ms(sql`${assignments}.pickup_arrived_at`)}, 'verified', ${assignments}.pickup_verified,
    'leftAtMs', ${ms(sql`${assignments}.pickup_left_at`)}
  ),
  'drop', jsonb_build_object(
    'arrivedAtMs', ${ms(sql`${assignments}.drop_arrived_at`)}, 'verified', ${assignments}.drop_verified,
    'leftAtMs', ${ms(sql`${assignments}.drop_left_at`)}
  )
)`;

/** The columns of weelo.assignments in which a stay is kept. */
export const stayColumns = {
  pickup: {
    arrived: sql`pickup_arrived_at`,
    verified: sql`pickup_verified`,
    left: sql`pickup_left_at`,
  },
  drop: { arrived: sql`drop_arrived_at`, verified: sql`drop_verified`, left: sql`drop_left_at` },
};
