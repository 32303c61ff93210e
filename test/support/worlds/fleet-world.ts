import { randomUUID } from 'node:crypto';
import { routesOf } from '../../../src/contract/http/routes.ts';
import type { Role } from '../../../src/contract/wire.ts';
import { signBy } from '../../../src/identity/sessions/access-token.ts';
import { signingKey } from '../../../src/identity/keys/signing-key.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { openPostgres, type PostgresCredentials } from '../../../src/platform/postgres/postgres.ts';
import { authWorld, freshPhone } from './auth-world.ts';
import { clientOf, type Client } from '../client.ts';
import { into } from '../invoke.ts';
import { whenDone } from '../engines/when-done.ts';

type Fleet = Client<ReturnType<typeof routesOf<'fleet'>>[number]>;

export interface Person {
  readonly id: string;
  readonly phone: string;
  readonly token: string;
  readonly sessionId: string;
}

let numbers = 0;

/** A vehicle number that no other vehicle of this file has. */
export function freshNumber(): string {
  numbers += 1;
  return `KA01AB${String(numbers).padStart(4, '0')}`;
}

/** A truck as the Captain app registers one, with a number of its own or what is given. */
export const truck = (change: object = {}) => ({
  vehicleNumber: freshNumber(),
  vehicleType: 'open',
  vehicleSubtype: '17 Feet',
  ...change,
});

/** Fleet and auth, on the real engines, with people who are logged in. `change`: as for `authWorld`. */
export async function fleetWorld(change?: Parameters<typeof authWorld>[0]) {
  const world = await authWorld(change);
  const { secrets, variables, sql } = world;
  const { handler } = await import('../../../functions/fleet.ts');
  const fleet: Fleet = clientOf(routesOf('fleet'), into(handler));
  const readKey = signingKey(
    async (arn) => secrets.get(arn),
    variables.SIGNING_KEYS_SECRET_ARN,
    systemClock,
  );
  const sign = signBy(readKey, systemClock);

  /** For what is raced beneath the routes, with the service's own rights. */
  const postgres = openPostgres({
    host: variables.DATABASE_HOST,
    port: Number(variables.DATABASE_PORT),
    database: variables.DATABASE_NAME,
    tls: 'off',
    credentials: async () =>
      JSON.parse(secrets.get(variables.DATABASE_SECRET_ARN) ?? '') as PostgresCredentials,
    onError: () => undefined,
  });
  whenDone(() => postgres.close());

  /** One more session of somebody. */
  const session = async (userId: string, role: Role) => {
    const sessionId = randomUUID();
    const endsAt = new Date(Date.now() + 30 * 86_400_000);
    await sql('INSERT INTO weelo.sessions (id, user_id, expires_at) VALUES ($1, $2, $3)', [
      sessionId,
      userId,
      endsAt,
    ]);
    const { accessToken: token } = await sign({ userId, role, sessionId }, endsAt);
    return { sessionId, token };
  };
  const person = async (role: Role, transporterId?: string): Promise<Person> => {
    const id = randomUUID();
    const phone = freshPhone();
    await sql(
      `INSERT INTO weelo.users (id, role, phone, name, company, transporter_id, license_number)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      role === 'driver'
        ? [id, role, phone, `Driver ${id}`, null, transporterId, `KA${phone}`]
        : [id, role, phone, `Owner ${id}`, 'Rao Roadlines', null, null],
    );
    return { id, phone, ...(await session(id, role)) };
  };
  const transporter = () => person('transporter');
  const driverOf = (owner: { readonly id: string }) => person('driver', owner.id);

  /** Registers a truck, or says why not. */
  const register = async (owner: Person, change: object = {}) => {
    const body = truck(change);
    const { status, body: answer, error } = await fleet.upsertVehicle({ token: owner.token, body });
    return { status, code: error?.code, vehicle: answer?.vehicle, isNew: answer?.isNew };
  };

  return { ...world, fleet, postgres, person, transporter, driverOf, session, register };
}
