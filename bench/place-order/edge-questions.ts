import type { EnvironmentOf } from '../../src/contract/functions.ts';
import { callsPerUser, type RateLimit } from '../../src/contract/http/route.ts';
import { openEndedSessions } from '../../src/identity/sessions/ended-sessions.ts';
import { systemClock as clock } from '../../src/platform/clock.ts';
import { rememberIn } from '../../src/platform/once/idempotency.ts';
import { openStateTable } from '../../src/platform/aws/state-table.ts';
import { countInRedis } from '../../src/platform/rate-limit.ts';
import { lambdaContext } from '../../test/support/invoke.ts';
import type { Recorder } from './recording.ts';

/** A call with an idempotency key, of a user whose session the function has not seen. */
interface Call {
  readonly route: { readonly id: string; readonly rateLimit: RateLimit };
  readonly caller: { readonly id: string; readonly sessionId: string };
  readonly idempotencyKey: string;
  readonly payload: unknown;
}

/** What the edge of a function asks of the stores around a use case, and what the use case asks. */
export async function throughTheEdge(
  env: EnvironmentOf<'orders'>,
  { route, caller, idempotencyKey: key, payload }: Call,
  { redis, dynamo }: Recorder,
  useCase: () => Promise<{ readonly status: number; readonly body: unknown }>,
): Promise<void> {
  const { id: userId, sessionId } = caller;
  const serve = async () => {
    const counted = [1, 60_000];
    const overall = { ...callsPerUser, key: `rate:{${userId}}:all` };
    const count = countInRedis(redis([counted, counted]));
    await count(`rate:{${userId}}:${route.id}`, route.rateLimit, overall);
    return JSON.stringify({ reply: await useCase() });
  };
  const sessions = openEndedSessions(openStateTable(env.STATE_TABLE, clock, dynamo), clock);
  await sessions.has(sessionId);
  const remember = rememberIn(env.IDEMPOTENCY_TABLE, dynamo);
  await remember({ operation: route.id, userId, key, payload }, serve, lambdaContext());
}
