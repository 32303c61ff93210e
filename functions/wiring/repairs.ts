import { meetOverdue } from '../../src/orders/changing/meet-deadlines.ts';
import { expireOverdueOrders } from '../../src/orders/ending/expire-orders.ts';
import type { OrderDeps } from '../../src/orders/order/order-deps.ts';
import { inBatches } from '../../src/platform/batches.ts';
import { relayLeftBehind } from '../../src/platform/outbox/relay-events.ts';
import { tellStalledTrips } from '../../src/trips/moving/stalled-trips.ts';
import type { Repair } from '../edge/schedule-function.ts';

/** What somebody waits for. The schedule repairs it every two minutes, and an operator's command does at once. */
export function urgentRepairs(orders: OrderDeps) {
  return {
    expireOrders: (timeLeftMs) =>
      inBatches(100, timeLeftMs, (most) => expireOverdueOrders(most, orders)),
    meetDeadlines: (timeLeftMs) => inBatches(20, timeLeftMs, (most) => meetOverdue(most, orders)),
    tellStalledTrips: (timeLeftMs) =>
      inBatches(20, timeLeftMs, (most) => tellStalledTrips(most, orders)),
    relayEvents: (timeLeftMs) => inBatches(10, timeLeftMs, (most) => relayLeftBehind(most, orders)),
  } satisfies Readonly<Record<string, Repair>>;
}
