import { Cluster } from 'ioredis';
import * as z from 'zod';
import { identityFrom } from '../../functions/wiring/identify.ts';
import { readEnvironment } from '../../src/contract/functions.ts';
import { barePool } from '../bare-pool.ts';
import { signBy } from '../../src/identity/sessions/access-token.ts';
import { codeKeys } from '../../src/identity/codes/code-keys.ts';
import { signingKey } from '../../src/identity/keys/signing-key.ts';
import { systemClock as clock } from '../../src/platform/clock.ts';
import { timeOrderedIds as ids } from '../../src/platform/ids.ts';
import { openSecrets } from '../../src/platform/aws/secrets.ts';
import type { HttpRequest } from '../../test/support/client.ts';
import { eventOf, lambdaContext } from '../../test/support/invoke.ts';
import { plantAccounts } from './accounts.ts';
import type { RedisQuestion, SqlQuestion } from './bare-questions.ts';

const day = 86_400_000;

const Ok = z.object({ statusCode: z.literal(200) });

/** All accounts are used in turn, and neighbours in the table not one after the other. */
const stride = 7919;

export type WarmAuth = Awaited<ReturnType<typeof warmAuth>>;

/** The auth function in this process, bare clients of the same engines, and somebody to log in. */
export async function warmAuth(variables: Readonly<Record<string, string>>) {
  Object.assign(process.env, variables);
  const env = readEnvironment('auth', process.env);
  const { handler } = await import('../../functions/auth.ts');
  const { read } = openSecrets();
  const pool = await barePool(env, 2);
  const redis = new Cluster([env.REDIS_URL]);
  const accounts = await plantAccounts(pool);
  let turns = 0;
  const sign = signBy(signingKey(read, env.SIGNING_KEYS_SECRET_ARN, clock), clock);

  return {
    /** One of many accounts, and each time another one. */
    nextAccount: () => there(accounts[(turns++ * stride) % accounts.length]),
    /** Of a session that nobody has ended. */
    tokenOf: async (userId: string) => {
      const caller = { userId, role: 'customer', sessionId: ids.next() } as const;
      return (await sign(caller, new Date(clock.now().getTime() + day))).accessToken;
    },
    readCodeKeys: codeKeys(read, env.CODE_KEY_SECRET_ARN, clock),
    identify: identityFrom(env, read, clock).identify,
    call: async (event: unknown) => {
      const answer: unknown = await Reflect.apply(handler, undefined, [event, lambdaContext()]);
      if (!Ok.safeParse(answer).success) throw new Error(`Refused: ${JSON.stringify(answer)}`);
    },
    askRedis: (question: RedisQuestion) => redis.eval(...question),
    /** Says how many rows it found. */
    askPostgres: async ({ text, values }: SqlQuestion) => (await pool.query(text, values)).rowCount,
    close: async () => {
      redis.disconnect();
      await pool.end();
    },
  };
}

/** An event of API Gateway, as it finds the handler. */
export function eventFor(
  method: 'GET' | 'POST',
  path: string,
  rest: Pick<HttpRequest, 'headers' | 'body'>,
): unknown {
  return eventOf({ method, path, routeKey: `${method} ${path}`, params: {}, query: {}, ...rest });
}

export function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('It was made before it is measured');
  return value;
}
