import { beforeAll, expect, test } from 'vitest';
import { randomUUID } from 'node:crypto';
import { orderDepsFrom } from '../../functions/wiring/orders.ts';
import { redisFrom } from '../../functions/wiring/stores.ts';
import { OrderCancelled } from '../../src/contract/domain-events/orders.ts';
import { orderCancelled } from '../../src/contract/events/orders.ts';
import { readEnvironment } from '../../src/contract/functions.ts';
import { queueMessages } from '../../src/contract/queues.ts';
import { insertCancellation } from '../../src/orders/ending/cancellation-store.ts';
import { publicationOf, tellOf } from '../../src/orders/telling/order-events.ts';
import { lockOrderWhere, readLocked } from '../../src/orders/order/locked-order.ts';
import type { OrderDeps } from '../../src/orders/order/order-deps.ts';
import { writeTransitions } from '../../src/orders/order/transition-store.ts';
import { transitionOf, type Happening } from '../../src/orders/order/transition.ts';
import { openSecrets } from '../../src/platform/aws/secrets.ts';
import { systemClock as clock } from '../../src/platform/clock.ts';
import { writeEvents } from '../../src/platform/outbox/events.ts';
import { relayLeftBehind, relayOwn } from '../../src/platform/outbox/relay-events.ts';
import { sql } from '../../src/platform/postgres/postgres.ts';
import { cancellationFacts } from '../support/notify-queue.ts';
import { orderWorld } from '../support/worlds/order-world.ts';

let world: Awaited<ReturnType<typeof orderWorld>>;
let deps: OrderDeps;

beforeAll(async () => {
  world = await orderWorld();
  const env = readEnvironment('reconcile', process.env);
  deps = orderDepsFrom(env, redisFrom(env), openSecrets().read, clock);
});

const transporter = randomUUID();
const driver = randomUUID();

/** A story that has an event for the customer, another for the transporter, another for the driver, and a domain event. */
const toldToThree: Happening = {
  becomes: () => 'cancelled',
  closesSearch: true,
  cancels: true,
  tells: (after) =>
    [after.customerId, transporter, driver].map((user, i) =>
      tellOf(after, orderCancelled, [user], {
        ...cancellationFacts,
        reason: `text ${i}`,
        cancelledAt: after.at,
      }),
    ),
  publishes: (after) => publicationOf(OrderCancelled, after, { cancelledTruckRequestIds: [] }),
};

async function told() {
  const messages = await world.told();
  return messages.map((message) => queueMessages.notify.event.parse(message));
}

test('one transition tells three audiences, each by a message of its own', async () => {
  const { id: customerId, token } = await world.customer();
  const orderId = (await world.place(token)).body?.order.id ?? '';
  const { events } = await deps.postgres.transaction(async (db) => {
    await lockOrderWhere(db, sql`o.id = ${orderId}::uuid`);
    const order = await readLocked(db, orderId);
    if (!order) throw new Error('There is no such order');
    const transition = transitionOf(order, toldToThree, { ids: deps.ids, at: clock.now() });
    const terms = { stage: 'SEARCHING', fee: 0 } as const;
    const ends = { transporters: [transporter], occupied: [], drivers: 1, assignments: 0 };
    await writeTransitions(db, [transition], [insertCancellation(orderId, null, terms, ends)]);
    return transition;
  });
  await relayOwn(events, deps);

  const messages = await told();
  expect(messages.map(({ to }) => to).toSorted()).toEqual(
    [[customerId], [transporter], [driver]].toSorted(),
  );
  expect(new Set(messages.map(({ id }) => id)).size).toBe(3);
  expect(messages.map(({ data }) => data['eventVersion'])).toEqual([2, 2, 2]);
  expect(
    await world.sql(
      `SELECT event_version, part, relayed_at IS NOT NULL AS relayed FROM weelo.outbox
       WHERE order_id = $1 ORDER BY event_version, part`,
      [orderId],
    ),
  ).toEqual([
    { event_version: 1, part: 0, relayed: true },
    { event_version: 1, part: 1, relayed: true },
    { event_version: 2, part: 0, relayed: true },
    { event_version: 2, part: 1, relayed: true },
    { event_version: 2, part: 2, relayed: true },
    { event_version: 2, part: 3, relayed: true },
  ]);
});

test('an event that belongs to no order waits in the same outbox, and is relayed', async () => {
  const [id, orderId] = [randomUUID(), randomUUID()];
  const data = { orderId, bookingId: orderId, broadcastId: orderId, status: 'cancelled' };
  const message = {
    kind: 'event' as const,
    id,
    at: clock.now().toISOString(),
    event: 'order_cancelled',
    to: [driver],
    data: {
      ...data,
      ...cancellationFacts,
      eventVersion: 2,
      cancelledAt: clock.now().toISOString(),
    },
  };
  await deps.postgres.transaction((db) => writeEvents(db, [{ id, queue: 'notify', message }]));
  await world.sql(
    `UPDATE weelo.outbox SET created_at = now() - interval '6 seconds' WHERE id = $1`,
    [id],
  );
  expect(await relayLeftBehind(10, deps)).toBe(1);
  expect((await told()).map((each) => each.id)).toEqual([id]);
});
