import { kindOf } from '../../src/catalogue/vehicle-kind.ts';
import { holdTrucks as route } from '../../src/contract/http/holds/routes.ts';
import { holdTrucks, toHold } from '../../src/orders/holds/hold-trucks.ts';
import { standingOf } from '../../src/orders/holds/standing-store.ts';
import { readLocked } from '../../src/orders/order/locked-order.ts';
import { openOrderCache } from '../../src/orders/order/order-cache.ts';
import { openQueue } from '../../src/platform/aws/queues.ts';
import { systemClock as clock } from '../../src/platform/clock.ts';
import { timeOrderedIds as ids } from '../../src/platform/ids.ts';
import { throughTheEdge } from '../place-order/edge-questions.ts';
import type { Recorder } from '../place-order/recording.ts';
import type { Hold, WarmHolds } from './warm-holds.ts';

/** What a hold asks of the stores: the same way down as the function's, with recordings at its end. */
export async function questionsOf(
  { env, database }: WarmHolds,
  { transporterId, idempotencyKey, body }: Hold,
  recorder: Recorder,
) {
  const { orderId, vehicleType, vehicleSubtype } = body;
  const vehicleKey = kindOf(vehicleType, vehicleSubtype)?.key ?? '';
  // No two of its statements give the same name to different things: what each finds is in one row.
  const found = {
    ...(await standingOf(database, { orderId, transporterId, vehicleKey })),
    ...(await readLocked(database, orderId)),
  };
  const deps = {
    postgres: recorder.postgres(found),
    cache: openOrderCache(recorder.redis(1)),
    queues: {
      dispatch: openQueue(env.DISPATCH_QUEUE_URL, recorder.sqs),
      notify: openQueue(env.NOTIFY_QUEUE_URL, recorder.sqs),
    },
    ids,
    clock,
  };
  const caller = { id: transporterId, sessionId: `session of ${transporterId}` };
  const call = { route, caller, idempotencyKey, payload: body };
  await throughTheEdge(env, call, recorder, async () => ({
    status: 200,
    body: await holdTrucks(toHold(body, transporterId, idempotencyKey), deps),
  }));
  return recorder.take();
}
