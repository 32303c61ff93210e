import { createHash } from 'node:crypto';
import type { NewOrder } from '../contract/orders.ts';
import { AppError } from '../contract/errors.ts';
import type { WaveMessage } from '../contract/queues.ts';
import { canonicalJson } from '../platform/canonical-json.ts';
import { violatedIndex } from '../platform/postgres-errors.ts';
import { countOne, logger } from '../platform/observability.ts';
import type { Locks } from '../platform/lock.ts';
import { expireOrders, type ExpireDeps } from './expire-orders.ts';
import { firstWaveDelaySeconds, searchSeconds } from './order.ts';
import { snapshotOf, type OrderSnapshot } from './order-snapshot.ts';
import { findPlacer, insertOrder, type OrderToPlace, type Placer } from './order-store.ts';
import { rowOf } from './placed-order.ts';
import { priceTrucks } from './price-trucks.ts';
import { relayOwn } from './relay-events.ts';

interface Input {
  readonly customerId: string;
  readonly idempotencyKey: string;
  readonly order: NewOrder;
  /** Aborted when the customer was told to try again. */
  readonly signal?: AbortSignal | undefined;
}

export interface PlaceOrderDeps extends ExpireDeps {
  readonly locks: Locks;
}

interface Placed {
  readonly snapshot: OrderSnapshot;
  /** It was placed before, by the same intent. */
  readonly replayed: boolean;
}

/** Longer than a request can last. */
const lockMs = 10_000;

/**
 *     lock ─ what is in the way? ─ prices ─ timers queued ─ COMMIT ─ events told ─ unlock
 *
 * P1, P2: the commit is what keeps the promises. P3: the lock makes of a race a clear answer. P8: whoever dies
 * after the commit leaves a wave that begins two seconds later, and a deadline.
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
  const before = replayOf(placer, payloadHash);
  if (before) return before;
  if (placer.searching) throw activeOrderExists(placer.searching);

  const order = orderOf(input, payloadHash, deps);
  const wave: WaveMessage = {
    kind: 'search-wave',
    id: deps.ids.next(),
    orderId: order.id,
    wave: 1,
  };
  await queueTimers(wave, deps);
  const event = { id: wave.id, queue: 'dispatch', message: wave } as const;
  // A function that was frozen here goes on with its next event, when nobody waits for this order any more.
  input.signal?.throwIfAborted();
  try {
    const placed = await deps.postgres.run((db) => insertOrder(db, order, event));
    countOne('OrdersPlaced');
    await relayOwn([event], deps);
    return { snapshot: snapshotOf(rowOf(order, placer, placed)), replayed: false };
  } catch (error) {
    return lostRace(error, input, payloadHash, deps);
  }
}

/** P1, P6: an open search is in the way until its deadline, and not a moment longer; nor is it told of as open. */
async function findPlacerOf(input: Input, deps: PlaceOrderDeps): Promise<Placer> {
  const find = () => deps.postgres.run((db) => findPlacer(db, input));
  let placer = await find();
  if (placer?.searching?.is_overdue) {
    await expireOrders({ orderId: placer.searching.id }, deps);
    placer = await find();
  }
  if (!placer) throw new AppError('UNAUTHORIZED');
  logger.info('getActiveOrderByCustomer', { found: placer.searching?.id });
  return placer;
}

/** P2: what this intent made already, also when nothing else remembers it. */
function replayOf({ sameIntent }: Placer, payloadHash: string): Placed | undefined {
  if (!sameIntent) return undefined;
  if (sameIntent.payload_hash !== payloadHash) throw new AppError('IDEMPOTENCY_CONFLICT');
  logger.info('Idempotency HIT', { orderId: sameIntent.id });
  countOne('IdempotentReplays');
  return { snapshot: snapshotOf(sameIntent), replayed: true };
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
  return {
    id: ids.next(),
    customerId,
    idempotencyKey,
    payloadHash,
    pickup: order.pickup,
    drop: order.drop,
    stops: order.routePoints ?? [],
    distanceKm: order.distanceKm,
    goodsType: order.goodsType,
    cargoWeightKg: order.cargoWeightKg,
    scheduledAt: order.scheduledAt === undefined ? undefined : new Date(order.scheduledAt),
    totalAmount: trucks.reduce((total, { pricePerTruck }) => total + pricePerTruck, 0),
    searchSeconds,
    trucks,
  };
}

/** Before the commit: a message about an order that never comes to be does nothing. */
async function queueTimers(wave: WaveMessage, { queues }: PlaceOrderDeps): Promise<void> {
  const deadline = { kind: 'search-deadline', orderId: wave.orderId };
  try {
    await queues.dispatch.sendAll([
      { message: wave, delaySeconds: firstWaveDelaySeconds },
      { message: deadline, delaySeconds: searchSeconds },
    ]);
  } catch (cause) {
    throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs: 1000, cause });
  }
}

/** P1, P2: somebody was faster, past a lock that did not hold. Who they were decides what we say. */
async function lostRace(
  error: unknown,
  input: Input,
  payloadHash: string,
  deps: PlaceOrderDeps,
): Promise<Placed> {
  const index = violatedIndex(error);
  if (index !== 'orders_open_search_key' && index !== 'orders_intent_key') throw error;
  const placer = await findPlacerOf(input, deps);
  const replay = replayOf(placer, payloadHash);
  if (replay) return replay;
  if (placer.searching) throw activeOrderExists(placer.searching);
  // It was placed and is over again since: there is no one to name, and nothing in the way next time.
  throw new AppError('CONCURRENT_REQUEST', { retryAfterMs: 1000, cause: error });
}

/** P2: of what was parsed, so that spelling and order of fields make no difference. */
function hashOf(order: NewOrder): string {
  return createHash('sha256').update(canonicalJson(order)).digest('base64url');
}
