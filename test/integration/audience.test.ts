import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import type { handler } from '../../functions/auth.ts';
import { signBy, type SignAccessToken } from '../../src/identity/sessions/access-token.ts';
import { signingKey } from '../../src/identity/keys/signing-key.ts';
import type { HttpFunctionName } from '../../src/contract/functions.ts';
import type { Route } from '../../src/contract/http/route.ts';
import { routes } from '../../src/contract/http/routes.ts';
import { roles, type Role } from '../../src/contract/wire.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { authWorld, freshPhone } from '../support/worlds/auth-world.ts';
import { into } from '../support/invoke.ts';
import { answerTo, requestTo } from '../support/requests.ts';
import { issuingTokens } from '../support/tokens.ts';

const day = 86_400_000;

type Bearer = () => Promise<string | undefined>;
/** What somebody shows who is nobody to us. */
let strangers: Readonly<Record<string, Bearer>>;
/** What somebody of a role shows, in a session that no other request ends. */
let bearers: Readonly<Record<Role, Bearer>>;

beforeAll(async () => {
  const world = await authWorld();
  const { secrets, variables } = world;
  const key = signingKey(
    async (arn) => secrets.get(arn),
    variables.SIGNING_KEYS_SECRET_ARN,
    systemClock,
  );
  const sign = signBy(key, systemClock);
  const longAgo = { now: () => new Date(Date.now() - 8 * day) };
  const foreign = await issuingTokens();

  const users = await world.sql(
    `WITH t AS (INSERT INTO weelo.users (id, role, phone) VALUES (gen_random_uuid(), 'transporter', $1)
                RETURNING id, role),
          d AS (INSERT INTO weelo.users (id, role, phone, transporter_id)
                SELECT gen_random_uuid(), 'driver', $1, id FROM t RETURNING id, role),
          c AS (INSERT INTO weelo.users (id, role, phone) VALUES (gen_random_uuid(), 'customer', $1)
                RETURNING id, role)
     SELECT * FROM t UNION ALL SELECT * FROM d UNION ALL SELECT * FROM c`,
    [freshPhone()],
  );
  const tokenOf = async (role: Role, by: SignAccessToken) => {
    const userId = String(users.find((each) => each['role'] === role)?.['id']);
    const sessionId = randomUUID();
    const endsAt = new Date(Date.now() + day);
    await world.sql('INSERT INTO weelo.sessions (id, user_id, expires_at) VALUES ($1, $2, $3)', [
      sessionId,
      userId,
      endsAt,
    ]);
    return (await by({ userId, role, sessionId }, endsAt)).accessToken;
  };

  const { tokens } = await world.logIn(freshPhone());
  await world.auth.logOut({ token: tokens.accessToken, query: {} });
  strangers = {
    'no token': async () => undefined,
    garbage: async () => 'eyJhbGciOiJub25lIn0.e30.',
    'a token of somebody else': () => foreign.sign({ role: 'customer' }),
    'a token that has run out': () => tokenOf('customer', signBy(key, longAgo)),
    'a token of a session that was ended': async () => tokens.accessToken,
  };
  bearers = {
    customer: () => tokenOf('customer', sign),
    transporter: () => tokenOf('transporter', sign),
    driver: () => tokenOf('driver', sign),
  };
});

const walked = routes.flatMap((route: Route) =>
  [route.path, ...(route.aliases ?? [])].map(
    (path) => [`${route.method} ${path}`, { ...route, path }] as const,
  ),
);

async function ask(route: Route, bearer: Bearer): Promise<'UNAUTHORIZED' | 'FORBIDDEN' | 'let in'> {
  const token = await bearer();
  const request = requestTo(route, token === undefined ? {} : { token });
  const answer = await answerTo(into((await functionOf(route.function)).handler), request);
  return answer === 'UNAUTHORIZED' || answer === 'FORBIDDEN' ? answer : 'let in';
}

const functionOf = (name: HttpFunctionName): Promise<{ readonly handler: typeof handler }> =>
  import(`../../functions/${name}.ts`);

function expectedOf(audience: Route['audience']) {
  const isPublic = audience === 'public';
  const mayEnter = (role: Role) =>
    isPublic || audience === 'signed-in' || audience.includes(role) ? 'let in' : 'FORBIDDEN';
  return {
    ...Object.fromEntries(
      Object.keys(strangers).map((name) => [name, isPublic ? 'let in' : 'UNAUTHORIZED']),
    ),
    ...Object.fromEntries(roles.map((role) => [role, mayEnter(role)])),
  };
}

test.each(walked)('%s lets in whom it declares, and nobody else', async (_, route) => {
  const everyone = Object.entries<Bearer>({ ...strangers, ...bearers });
  const answers: Record<string, string> = {};
  for (const [name, bearer] of everyone) answers[name] = await ask(route, bearer);
  expect(answers).toEqual(expectedOf(route.audience));
});
