import type { Pool } from '@weelo/data';
import * as z from 'zod';

const Accounts = z.array(z.object({ id: z.string(), phone: z.string() }));

export type Account = z.output<typeof Accounts>[number];

/** Enough for indexes of some depth. */
const many = 20_000;

/** Customers who have logged in before, so that a measured call looks for one among many. */
export async function plantAccounts(pool: Pool): Promise<readonly Account[]> {
  const { rows } = await pool.query(
    `INSERT INTO weelo.users (id, role, phone, name, email, city, state, verified_at)
     SELECT gen_random_uuid(), 'customer', (6000000000 + i)::text, 'Customer ' || i,
            'customer' || i || '@example.com', 'Bengaluru', 'Karnataka', now()
     FROM generate_series(1, $1::int) AS i
     RETURNING id, phone`,
    [many],
  );
  await pool.query(`
    WITH session AS (
      INSERT INTO weelo.sessions (id, user_id, expires_at)
      SELECT gen_random_uuid(), id, now() + interval '30 days'
      FROM weelo.users WHERE phone LIKE '6%'
      RETURNING id
    )
    INSERT INTO weelo.refresh_tokens (hash, session_id)
    SELECT md5(id::text) || md5(id::text), id FROM session
  `);
  return Accounts.parse(rows);
}
