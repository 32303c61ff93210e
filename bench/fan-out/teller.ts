import { randomUUID } from 'node:crypto';
import { orderDepsFrom } from '../../functions/wiring/orders.ts';
import { redisFrom } from '../../functions/wiring/stores.ts';
import { tell } from '../../src/contract/events/event.ts';
import { orderCancelled } from '../../src/contract/events/orders.ts';
import { readEnvironment } from '../../src/contract/functions.ts';
import { idsOf } from '../../src/orders/telling/order-events.ts';
import { openSecrets } from '../../src/platform/aws/secrets.ts';
import { systemClock as clock } from '../../src/platform/clock.ts';
import { eventFor, writeEvents, type OutboxEvent } from '../../src/platform/outbox/events.ts';
import { relayOwn } from '../../src/platform/outbox/relay-events.ts';
import { cancellationFacts } from '../../test/support/notify-queue.ts';

/** Commits events and sends them, as the orders function does. To be loaded when its variables are set. */
export function openTeller() {
  const env = readEnvironment('orders', process.env);
  const deps = orderDepsFrom(env, redisFrom(env), openSecrets().read, clock);
  return {
    eventFor: (users: readonly string[]): OutboxEvent => {
      const orderId = randomUUID();
      const at = clock.now().toISOString();
      const news = { ...idsOf(orderId), status: 'cancelled', eventVersion: 2 } as const;
      const data = { ...news, ...cancellationFacts, cancelledAt: at };
      return eventFor(tell(orderCancelled, users, data), at, deps.ids);
    },
    commit: (event: OutboxEvent) => deps.postgres.transaction((db) => writeEvents(db, [event])),
    relay: (event: OutboxEvent) => relayOwn([event], deps),
  };
}
