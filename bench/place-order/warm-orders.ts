import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Pool } from '@weelo/data';
import { Cluster } from 'ioredis';
import * as z from 'zod';
import type { Environment } from '../../src/contract/environment.ts';
import { readEnvironment } from '../../src/contract/functions.ts';
import { barePool } from '../bare-pool.ts';
import { signBy } from '../../src/identity/sessions/access-token.ts';
import { signingKey } from '../../src/identity/keys/signing-key.ts';
import { systemClock as clock } from '../../src/platform/clock.ts';
import { timeOrderedIds as ids } from '../../src/platform/ids.ts';
import { readSecretAs } from '../../test/support/cloud-secret.ts';
import { lambdaContext } from '../../test/support/invoke.ts';
import { there } from '../login/warm-auth.ts';

export type Variables = Readonly<Record<string, string>>;

const day = 86_400_000;

const Module = z.object({ handler: z.function() });
const Placed = z.object({ statusCode: z.literal(201), body: z.string() });
const Order = z.object({ data: z.object({ order: z.object({ id: z.string() }) }) });
const Ok = z.object({ statusCode: z.literal(200) });

/** All customers are used in turn, and neighbours in the table not one after the other. */
const stride = 7919;

const Customers = z.array(z.object({ id: z.string() }));

/** Enough for every order to be somebody else's. */
const customersPlanted = 20_000;

let environments = 0;

export interface Customer {
  readonly id: string;
  readonly sessionId: string;
  readonly token: string;
}

export type WarmOrders = Awaited<ReturnType<typeof warmOrders>>;

/**
 * The orders function as one environment of it has it, bare clients of the same engines, and customers who have
 * not ordered before. `auth`: the variables of the function that may sign tokens.
 */
export async function warmOrders(variables: Variables, auth: Variables) {
  Object.assign(process.env, variables);
  const env = readEnvironment('orders', process.env);
  const call = await newEnvironment();
  const bare = await bareClients(env);
  const customers = await plantCustomers(bare.pool);
  const readSigningKey = signingKey(
    (arn) => readSecretAs(auth, arn),
    auth['SIGNING_KEYS_SECRET_ARN'] ?? '',
    clock,
  );
  const sign = signBy(readSigningKey, clock);
  let turns = 0;

  return {
    env,
    bare,
    /** Each time another one, whose session the function has not seen. */
    nextCustomer: async (): Promise<Customer> => {
      const { id } = there(customers[(turns++ * stride) % customers.length]);
      const sessionId = ids.next();
      const caller = { userId: id, role: 'customer', sessionId } as const;
      const { accessToken } = await sign(caller, new Date(clock.now().getTime() + day));
      return { id, sessionId, token: accessToken };
    },
    /** Says which order it is. */
    place: async (event: unknown) => {
      const answer = await call(event);
      const placed = Placed.safeParse(answer);
      if (!placed.success) throw new Error(`Refused: ${JSON.stringify(answer)}`);
      return Order.parse(JSON.parse(placed.data.body)).data.order.id;
    },
    ask: async (event: unknown) => {
      const answer = await call(event);
      if (!Ok.safeParse(answer).success) throw new Error(`Refused: ${JSON.stringify(answer)}`);
    },
    close: async () => {
      bare.redis.disconnect();
      bare.dynamo.destroy();
      bare.sqs.destroy();
      await bare.pool.end();
    },
  };
}

/** An environment of the function, for the variables that are set now. Says what an event is answered. */
export async function newEnvironment(): Promise<(event: unknown) => Promise<unknown>> {
  // The module reads its settings when it is loaded: under a name of its own it is loaded anew.
  const file = new URL(`../../functions/orders.ts?${(environments += 1)}`, import.meta.url);
  const { handler } = Module.parse(await import(file.href));
  return async (event) => {
    const answer: unknown = await Reflect.apply(handler, undefined, [event, lambdaContext()]);
    return answer;
  };
}

export async function bareClients(env: Parameters<typeof barePool>[0] & Environment<'REDIS_URL'>) {
  const pool = await barePool(env, 2);
  return {
    pool,
    redis: new Cluster([env.REDIS_URL]),
    dynamo: new DynamoDBClient({}),
    sqs: new SQSClient({}),
  };
}

async function plantCustomers(pool: Pool): Promise<z.output<typeof Customers>> {
  const { rows } = await pool.query(
    `INSERT INTO weelo.users (id, role, phone, name, verified_at)
     SELECT gen_random_uuid(), 'customer', (6500000000 + i)::text, 'Customer ' || i, now()
     FROM generate_series(1, $1::int) AS i
     RETURNING id`,
    [customersPlanted],
  );
  return Customers.parse(rows);
}
