import type { Pool } from '@weelo/data';
import * as z from 'zod';
import { vehicleKinds } from '../../src/catalogue/vehicle-kind.ts';
import { readEnvironment } from '../../src/contract/functions.ts';
import { barePool } from '../bare-pool.ts';
import { beat } from '../../src/contract/http/presence/routes.ts';
import { signBy } from '../../src/identity/sessions/access-token.ts';
import { signingKey } from '../../src/identity/keys/signing-key.ts';
import type { Position } from '../../src/places/position.ts';
import { systemClock as clock } from '../../src/platform/clock.ts';
import { timeOrderedIds as ids } from '../../src/platform/ids.ts';
import { readSecretAs } from '../../test/support/cloud-secret.ts';
import { lambdaContext } from '../../test/support/invoke.ts';
import { eventFor } from '../login/warm-auth.ts';

type Variables = Readonly<Record<string, string>>;

interface Fleet {
  readonly vehicles: number;
  readonly kinds: number;
}

const hour = 3_600_000;

const Heard = z.object({ statusCode: z.literal(200), body: z.string() });
const Registered = z.object({ data: z.object({ registered: z.literal(true) }) });

/**
 * The fleet function as one environment of it has it, and owners of fleets. `auth`: the variables of the function
 * that may sign tokens.
 */
export async function warmFleet(auth: Variables) {
  const env = readEnvironment('fleet', process.env);
  const { handler } = await import('../../functions/fleet.ts');
  const pool = await barePool(env, 1);
  const readSigningKey = signingKey(
    (arn) => readSecretAs(auth, arn),
    auth['SIGNING_KEYS_SECRET_ARN'] ?? '',
    clock,
  );
  const sign = signBy(readSigningKey, clock);
  let owners = 0;

  return {
    /** One more owner, by the token of a session that the function has not seen. */
    ownerOf: async (fleet: Fleet): Promise<string> => {
      const userId = ids.next();
      await plantOwner(pool, userId, (owners += 1));
      await plantVehicles(pool, userId, owners, fleet);
      const caller = { userId, role: 'transporter', sessionId: ids.next() } as const;
      return (await sign(caller, new Date(clock.now().getTime() + hour))).accessToken;
    },
    eventOf: (token: string, position: Position) =>
      eventFor('POST', beat.path, {
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(position),
      }),
    beat: async (event: unknown) => {
      const answer: unknown = await Reflect.apply(handler, undefined, [event, lambdaContext()]);
      const heard = Heard.safeParse(answer);
      if (!heard.success) throw new Error(`Refused: ${JSON.stringify(answer)}`);
      return heard.data.body;
    },
    close: () => pool.end(),
  };
}

/** Whether searches find whoever was answered so: else its heartbeats would have cost nothing. */
export function wasRegistered(body: string): boolean {
  return Registered.safeParse(JSON.parse(body)).success;
}

async function plantOwner(pool: Pool, id: string, number: number): Promise<void> {
  await pool.query(
    `INSERT INTO weelo.users (id, role, phone, name, company, verified_at)
     VALUES ($1, 'transporter', $2, $3, 'Rao Roadlines', now())`,
    [id, String(6_700_000_000 + number), `Owner ${number}`],
  );
}

/** Kind after kind, until there are enough of them. */
async function plantVehicles(pool: Pool, ownerId: string, owner: number, fleet: Fleet) {
  const kinds = vehicleKinds.slice(0, fleet.kinds);
  await pool.query(
    `INSERT INTO weelo.vehicles
       (id, transporter_id, number, vehicle_key, vehicle_type, vehicle_subtype, capacity)
     SELECT gen_random_uuid(), $1, 'KA' || $2::text || 'X' || i, k.key, k.type, k.name, '9 Ton'
     FROM generate_series(0, $3::int - 1) AS i
     JOIN unnest($4::text[], $5::text[], $6::text[]) WITH ORDINALITY AS k (key, type, name, place)
       ON k.place = 1 + i % $7::int`,
    [
      ownerId,
      owner,
      fleet.vehicles,
      kinds.map(({ key }) => key),
      kinds.map(({ type }) => type.id),
      kinds.map(({ name }) => name),
      kinds.length,
    ],
  );
}
