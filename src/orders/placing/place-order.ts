import { createHash } from 'node:crypto';
import { AppError } from '../../contract/errors.ts';
import type { NewOrder } from '../../contract/http/orders/views.ts';
import type { WaveMessage } from '../../contract/queues.ts';
import { isTestNumber } from '../../contract/test-numbers.ts';
import { countOne, logger } from '../../platform/logs/observability.ts';
import { canonicalJson } from '../../platform/once/canonical-json.ts';
import {
  dispatchEventFor,
  domainEventFor,
  type OutboxEvent,
} from '../../platform/outbox/events.ts';
import { relayOwn } from '../../platform/outbox/relay-events.ts';
import { violatedIndex } from '../../platform/postgres/postgres-errors.ts';
import type { Locks } from '../../platform/redis/lock.ts';
import { findInTime } from '../ending/expire-orders.ts';
import type { OrderDeps } from '../order/order-deps.ts';
import { snapshotOf } from '../order/order-snapshot.ts';
import { firstWaveDelaySeconds, searchSeconds, waves } from './search-waves.ts';
import { placedEvent } from './placed-event.ts';
import { placedView } from './placed-view.ts';
import { findPlacer, insertOrder, type OrderToPlace, type Placer } from './placing-store.ts';
import { priceTrucks } from './price-trucks.ts';
import { refuseTestsAshore } from './test-orders.ts';

interface Input {
  readonly customerId: string;
  readonly idempotencyKey: string;
  readonly order: NewOrder;
  /** Aborted once the customer has been told to try again. */
  readonly signal?: AbortSignal | undefined;
}

export interface PlaceOrderDeps extends OrderDeps {
  readonly locks: Locks;
}

interface Placed {
  readonly view: ReturnType<typeof placedView>;
  /** Whether an earlier request with the same idempotency key placed the order. */
  readonly replayed: boolean;
}

/** Longer than a request can last. */
const lockMs = 10_000;

/**
 *     lock ─ what is in the way? ─ prices ─ timers queued ─ COMMIT ─ events told ─ unlock
 *
 * P1, P2: the indexes keep these promises, at the commit. P3: the lock turns a race into a clear answer. P8: the timers
 * are queued before the commit. So if the function crashes after it, the first wave still begins, two seconds later,
 * and the search still ends at its deadline.
 */
export async function placeOrder(input: Input, deps: PlaceOrderDeps): Promise<Placed> {
  const lease = await deps.locks.acquire(`order:create:${input.customerId}`, lockMs);
  if (!lease) {
    logger.info('Concurrent order request blocked');
    countOne('LockConflicts');
    throw new AppError('CONCURRENT_REQUEST', { retryAfterMs: 1000 });
  }
  try {
    return await place(input, deps);
  } finally {
    await lease.release();
  }
}

async function place(input: Input, deps: PlaceOrderDeps): Promise<Placed> {
  const payloadHash = hashOf(input.order);
  const placer = await findPlacerOf(input, deps);
  const before = replayOf(placer, payloadHash, deps);
  if (before) return before;
  if (placer.searching) throw activeOrderExists(placer.searching);
  refuseLater(input.order, deps);
  const isTest = isTestNumber(placer.phone);
  if (isTest) refuseTestsAshore(input.order);

  const order = orderOf(input, payloadHash, deps);
  const wave: WaveMessage = { kind: 'search-wave', orderId: order.columns.id, wave: 1 };
  await queueTimers(wave, deps);
  const events = [
    dispatchEventFor(wave, deps.ids),
    ...(isTest ? [] : [publicationFor(order, deps)]),
  ];
  // If Lambda freezes the function, it goes on from here with the next call. By then the customer has been told to
  // retry.
  input.signal?.throwIfAborted();
  try {
    const placed = await deps.postgres.run((db) => insertOrder(db, order, events));
    if (!isTest) countOne('OrdersPlaced');
    await relayOwn(events, deps);
    return { view: placedView(snapshotOf(placed), deps.clock.now()), replayed: false };
  } catch (error) {
    return lostRace(error, input, payloadHash, deps);
  }
}

function publicationFor(order: OrderToPlace, { clock, ids }: PlaceOrderDeps): OutboxEvent {
  return domainEventFor(placedEvent(order), clock.now().toISOString(), ids);
}

/** P1, P6: an open search blocks a new order only until its deadline. After that it is not shown as open either. */
async function findPlacerOf(input: Input, deps: PlaceOrderDeps): Promise<Placer> {
  const placer = await findInTime(
    (db) => findPlacer(db, input),
    (found) => (found?.searching?.is_overdue ? found.searching.id : undefined),
    deps,
  );
  if (!placer) throw new AppError('UNAUTHORIZED');
  logger.info('getActiveOrderByCustomer', { found: placer.searching?.id });
  return placer;
}

/** P2: the order that was placed with this idempotency key, even if the idempotency record is gone. */
function replayOf(
  { sameIntent }: Placer,
  payloadHash: string,
  { clock }: PlaceOrderDeps,
): Placed | undefined {
  if (!sameIntent) return undefined;
  if (sameIntent.payload_hash !== payloadHash) throw new AppError('IDEMPOTENCY_CONFLICT');
  logger.info('Idempotency HIT', { orderId: sameIntent.id });
  countOne('IdempotentReplays');
  return { view: placedView(snapshotOf(sameIntent), clock.now()), replayed: true };
}

/** In milliseconds. An order for later than this would be searched for at once, and its trucks would come too early. */
const soonestLater = 15 * 60_000;

function refuseLater({ scheduledAt }: NewOrder, { clock }: PlaceOrderDeps): void {
  if (scheduledAt === undefined) return;
  if (Date.parse(scheduledAt) - clock.now().getTime() > soonestLater) {
    throw new AppError('SCHEDULING_NOT_OFFERED');
  }
}

function activeOrderExists(active: NonNullable<Placer['searching']>): AppError {
  const { id: orderId, status, search_deadline: deadline } = active;
  return new AppError('ACTIVE_ORDER_EXISTS', {
    data: { orderId, status, expiresAt: deadline.toISOString() },
  });
}

function orderOf(
  { customerId, idempotencyKey, order }: Input,
  payloadHash: string,
  { ids, clock }: PlaceOrderDeps,
): OrderToPlace {
  const trucks = priceTrucks(order, clock.now()).map((truck, i) => ({
    ...truck,
    id: ids.next(),
    number: i + 1,
  }));
  const { pickup, drop } = order;
  return {
    columns: {
      id: ids.next(),
      customer_id: customerId,
      idempotency_key: idempotencyKey,
      payload_hash: payloadHash,
      pickup_latitude: pickup.latitude,
      pickup_longitude: pickup.longitude,
      pickup_address: pickup.address,
      pickup_city: pickup.city ?? null,
      pickup_state: pickup.state ?? null,
      drop_latitude: drop.latitude,
      drop_longitude: drop.longitude,
      drop_address: drop.address,
      drop_city: drop.city ?? null,
      drop_state: drop.state ?? null,
      distance_km: order.distanceKm,
      goods_type: order.goodsType ?? null,
      cargo_weight_kg: order.cargoWeightKg ?? null,
      scheduled_at: order.scheduledAt === undefined ? null : new Date(order.scheduledAt),
      requires_trip_codes: order.requireTripCodes ?? false,
      total_amount: trucks.reduce((total, { pricePerTruck }) => total + pricePerTruck, 0),
      needed: trucks.length,
    },
    stops: order.routePoints ?? [],
    searchSeconds,
    trucks,
  };
}

/** Called before the commit. If the order is never committed, its messages do nothing. */
async function queueTimers(first: WaveMessage, { queues }: PlaceOrderDeps): Promise<void> {
  const deadline = { kind: 'search-deadline', orderId: first.orderId } as const;
  const timers = waves.map(({ wave, atSeconds }) => ({
    message: { ...first, wave },
    delaySeconds: Math.max(atSeconds, firstWaveDelaySeconds),
  }));
  try {
    await queues.dispatch.sendAll([...timers, { message: deadline, delaySeconds: searchSeconds }]);
  } catch (cause) {
    throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs: 1000, cause });
  }
}

/** P1, P2: another request was faster, because the lock did not hold. The answer depends on which one it was. */
async function lostRace(
  error: unknown,
  input: Input,
  payloadHash: string,
  deps: PlaceOrderDeps,
): Promise<Placed> {
  const index = violatedIndex(error);
  if (index !== 'orders_open_search_key' && index !== 'orders_intent_key') throw error;
  const placer = await findPlacerOf(input, deps);
  const replay = replayOf(placer, payloadHash, deps);
  if (replay) return replay;
  if (placer.searching) throw activeOrderExists(placer.searching);
  // The other order is over by now. There is no order to name, and the next try can succeed.
  throw new AppError('CONCURRENT_REQUEST', { retryAfterMs: 1000, cause: error });
}

/** P2: the hash is made of the parsed order, so that the spelling and the sequence of fields make no difference. */
function hashOf(order: NewOrder): string {
  return createHash('sha256').update(canonicalJson(order)).digest('base64url');
}
