import * as z from 'zod';
import { readEnvironment } from '../../src/contract/functions.ts';
import type { Route } from '../../src/contract/http/route.ts';
import { sendPositions, trackBooking, trackTrip } from '../../src/contract/http/tracking/routes.ts';
import type { Role } from '../../src/contract/wire.ts';
import { signBy } from '../../src/identity/sessions/access-token.ts';
import { signingKey } from '../../src/identity/keys/signing-key.ts';
import { systemClock as clock } from '../../src/platform/clock.ts';
import { timeOrderedIds as ids } from '../../src/platform/ids.ts';
import { readSecretAs } from '../../test/support/cloud-secret.ts';
import { eventOf, lambdaContext } from '../../test/support/invoke.ts';
import { askAll } from '../place-order/recording.ts';
import { bareClients, type Variables } from '../place-order/warm-orders.ts';
import { hearQuestions, type Asked } from './asked-meanwhile.ts';
import { batchOf } from './drive.ts';
import type { PlantedTrip } from './planted-trips.ts';

const day = 86_400_000;

const Ok = z.object({ statusCode: z.literal(200), body: z.string() });
/** What became of a batch. A read answers none of this. */
const Taken = z.object({ data: z.object({ processed: z.int(), accepted: z.int() }).partial() });

/** A trip whose driver sends positions, and whose customer reads them. */
export interface WatchedTrip extends PlantedTrip {
  /** Its number among all. */
  readonly number: number;
  readonly tokens: { readonly driver: string; readonly customer: string };
}

/** Signs tokens as auth does. `auth`: the variables of the function that may. */
export async function withTokens(
  trips: readonly PlantedTrip[],
  auth: Variables,
): Promise<readonly WatchedTrip[]> {
  const arn = auth['SIGNING_KEYS_SECRET_ARN'] ?? '';
  const sign = signBy(
    signingKey((each) => readSecretAs(auth, each), arn, clock),
    clock,
  );
  const tokenOf = async (userId: string, role: Role) => {
    const caller = { userId, role, sessionId: ids.next() };
    return (await sign(caller, new Date(clock.now().getTime() + day))).accessToken;
  };
  return Promise.all(
    trips.map(async (trip, number) => {
      const driver = await tokenOf(trip.driverId, 'driver');
      const customer = await tokenOf(trip.customerId, 'customer');
      return { ...trip, number, tokens: { driver, customer } };
    }),
  );
}

export type LocationSides = Awaited<ReturnType<typeof openLocationSides>>;

/** The trips function as one environment of it has it, and bare clients that ask again what it has asked. */
export async function openLocationSides(variables: Variables) {
  Object.assign(process.env, variables);
  const bare = await bareClients(readEnvironment('trips', process.env));
  const { askedBy, writes } = hearQuestions(bare);
  const { handler } = await import('../../functions/trips.ts');
  const call = async (event: unknown) => {
    const answer: unknown = await Reflect.apply(handler, undefined, [event, lambdaContext()]);
    return answer;
  };
  return {
    bare,
    writes,
    ours: (event: unknown) => askedBy(() => call(event)),
    floor: ({ questions }: Asked) => askAll(questions),
    close: async () => {
      bare.redis.disconnect();
      bare.dynamo.destroy();
      bare.sqs.destroy();
      await bare.pool.end();
    },
  };
}

/** Every call must be answered, and every point taken: else it has cost nothing. */
export function expectTaken({ answer }: Asked): void {
  const { data: answered } = Ok.safeParse(answer);
  const taken = Taken.safeParse(answered && JSON.parse(answered.body)).data?.data;
  if (!taken || taken.accepted !== taken.processed) {
    throw new Error(`Refused: ${JSON.stringify(answer)}`);
  }
}

/** A batch that the driver sends. */
export function batchEvent(trip: WatchedTrip, untilMs: number, points: number): unknown {
  const body = batchOf(trip, trip.number, untilMs, points);
  return eventTo(sendPositions, { token: trip.tokens.driver, body });
}

/** The customer looks where the truck is. */
export function tripEvent({ tripId, tokens }: WatchedTrip): unknown {
  return eventTo(trackTrip, { token: tokens.customer, params: { tripId } });
}

/** The customer looks where all trucks of the order are. */
export function bookingEvent({ orderId, tokens }: WatchedTrip): unknown {
  return eventTo(trackBooking, { token: tokens.customer, params: { id: orderId } });
}

interface Call {
  readonly token: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly body?: object;
}

function eventTo(
  { method, path }: Pick<Route, 'method' | 'path'>,
  { token, params = {}, body }: Call,
): unknown {
  const filled = Object.entries(params).reduce<string>(
    (all, [name, value]) => all.replace(`{${name}}`, value),
    path,
  );
  return eventOf({
    method,
    path: filled,
    routeKey: `${method} ${path}`,
    params,
    query: {},
    headers: {
      authorization: `Bearer ${token}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
}
