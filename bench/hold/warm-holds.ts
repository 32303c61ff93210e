import { randomUUID } from 'node:crypto';
import { PrismaClient, PrismaPg } from '@weelo/data';
import * as z from 'zod';
import { readEnvironment } from '../../src/contract/functions.ts';
import { holdTrucks } from '../../src/contract/http/holds/routes.ts';
import { signerOf } from '../../test/support/cloud-token.ts';
import { eventFor } from '../login/warm-auth.ts';
import { bareClients, newEnvironment, type Variables } from '../place-order/warm-orders.ts';
import { line } from './offered-orders.ts';

const Answer = z.object({ statusCode: z.int(), body: z.string() });
const Refusal = z.object({ error: z.object({ code: z.string() }) });

export type WarmHolds = Awaited<ReturnType<typeof warmHolds>>;
export type Hold = Awaited<ReturnType<WarmHolds['holdOf']>>;

/** How an environment answered a hold: `HELD`, or with the code of a refusal. */
export type HoldBy = (hold: Hold) => Promise<string>;

/** Environments of the orders function, in one process, and bare clients of the same engines. */
export async function warmHolds(variables: Variables, auth: Variables) {
  Object.assign(process.env, variables);
  const env = readEnvironment('orders', process.env);
  const bare = await bareClients(env);
  const sign = await signerOf(auth);
  return {
    env,
    bare,
    database: new PrismaClient({ adapter: new PrismaPg(bare.pool) }),
    newEnvironment: async (): Promise<HoldBy> => {
      const call = await newEnvironment();
      return async ({ event }) => {
        const { statusCode, body } = Answer.parse(await call(event));
        return statusCode === 200 ? 'HELD' : Refusal.parse(JSON.parse(body)).error.code;
      };
    },
    /** The call by which a transporter, whose session no environment has seen, holds the truck of an order. */
    holdOf: async (orderId: string, transporterId: string) => {
      const body = { orderId, ...line, quantity: 1 };
      const idempotencyKey = randomUUID();
      const token = await sign({ role: 'transporter', userId: transporterId });
      const headers = {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        'x-idempotency-key': idempotencyKey,
      };
      const event = eventFor('POST', holdTrucks.path, { headers, body: JSON.stringify(body) });
      return { transporterId, idempotencyKey, body, event };
    },
  };
}
