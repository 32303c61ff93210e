import { randomUUID } from 'node:crypto';
import { orderDepsFrom } from '../../functions/wiring/orders.ts';
import { redisFrom } from '../../functions/wiring/stores.ts';
import { tell } from '../../src/contract/events/event.ts';
import { orderCancelled } from '../../src/contract/events/orders.ts';
import { readEnvironment } from '../../src/contract/functions.ts';
import { openSecrets } from '../../src/platform/aws/secrets.ts';
import { systemClock as clock } from '../../src/platform/clock.ts';
import { eventFor, writeEvents, type OutboxEvent } from '../../src/platform/outbox/events.ts';
import { relayOwn } from '../../src/platform/outbox/relay-events.ts';

/** Commits events and sends them, as the orders function does. To be loaded when its variables are set. */
export function openTeller() {
  const env = readEnvironment('orders', process.env);
  const deps = orderDepsFrom(env, redisFrom(env), openSecrets().read, clock);
  return {
    eventFor: (users: readonly string[]): OutboxEvent => {
      const orderId = randomUUID();
      const at = clock.now().toISOString();
      const ids = { orderId, bookingId: orderId, broadcastId: orderId };
      const news = { ...ids, status: 'cancelled', eventVersion: 2, reason: null } as const;
      const telling = tell(orderCancelled, users, { ...news, cancelledAt: at });
      return eventFor(telling, at, deps.ids);
    },
    commit: (event: OutboxEvent) => deps.postgres.transaction((db) => writeEvents(db, [event])),
    relay: (event: OutboxEvent) => relayOwn([event], deps),
  };
}
