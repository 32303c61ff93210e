import { createHash } from 'node:crypto';
import { AppError } from '../../contract/errors.ts';
import { findInTime } from '../ending/expire-orders.ts';
import { FreeOfFleets, freeTrucksOf } from '../holds/free-trucks.ts';
import type { OrderDeps } from '../order/order-deps.ts';
import { searchView } from '../order/order-views.ts';
import { snapshotOf } from '../order/order-snapshot.ts';
import { offerLines } from './offer-lines.ts';
import { offeredOrder, offeredTruck, offerView, type ShownOffer } from './offer-view.ts';
import { liveOffersOf, offerOf, type OfferOfOrder } from './live-offers-store.ts';

/**
 * P10: every offer that a transporter can answer now, and no other, from PostgreSQL.
 */
export async function liveOffers(
  transporterId: string,
  deps: OrderDeps,
): Promise<readonly ShownOffer[]> {
  const rows = await deps.postgres.run((db) => liveOffersOf(db, transporterId));
  return (await shownTo(transporterId, rows, deps)).filter(({ lines }) => lines.length > 0);
}

async function shownTo(
  transporterId: string,
  rows: readonly OfferOfOrder[],
  { postgres }: OrderDeps,
): Promise<readonly ShownOffer[]> {
  if (rows.length === 0) return [];
  const kinds = new Set(rows.flatMap(({ trucks }) => trucks.map(({ vehicleKey }) => vehicleKey)));
  const found = await postgres.run((db) => freeTrucksOf(db, [transporterId], [...kinds]));
  const free = new FreeOfFleets(found);
  return rows.map((order) => ({
    order,
    transporterId,
    distanceKm: order.distance_km_away,
    lines: offerLines(order, transporterId, free),
  }));
}

/** The feed of the Captain app: orders, each with the trucks that the transporter can serve. */
export async function listRequests(
  { transporterId, syncCursor: known }: { transporterId: string; syncCursor?: string | undefined },
  deps: OrderDeps,
) {
  const offers = await liveOffers(transporterId, deps);
  const now = deps.clock.now();
  const syncCursor = cursorOf(offers);
  return {
    orders: offers.map(({ order, lines }) => ({
      order: offeredOrder(order, transporterId, now),
      requests: trucksOf({ order, lines }, transporterId),
    })),
    count: offers.length,
    syncCursor,
    snapshotUnchanged: known === syncCursor,
  };
}

interface Filter {
  readonly transporterId: string;
  readonly vehicleType?: string | undefined;
  readonly maxDistance?: number | undefined;
}

/** The same, as older screens of the Captain app read it. */
export async function listBroadcasts(
  { transporterId, vehicleType, maxDistance = Infinity }: Filter,
  deps: OrderDeps,
) {
  const offers = await liveOffers(transporterId, deps);
  const now = deps.clock.now();
  const broadcasts = offers
    .filter(({ distanceKm }) => distanceKm <= maxDistance)
    .map((offer) => offerView(offer, now))
    .filter(({ requestedVehicles: lines }) =>
      vehicleType === undefined ? true : lines.some((line) => line.vehicleType === vehicleType),
    );
  return {
    success: true as const,
    broadcasts,
    count: broadcasts.length,
    syncCursor: cursorOf(offers),
  };
}

interface WhichOffer {
  readonly orderId: string;
  readonly transporterId: string;
}

export async function showBroadcast(which: WhichOffer, deps: OrderDeps) {
  return {
    success: true as const,
    broadcast: offerView(await readOffer(which, deps), deps.clock.now()),
  };
}

/** An order that was offered to a transporter, as it stands now: also if the transporter can take nothing any more. */
export async function showSnapshot(which: WhichOffer, deps: OrderDeps) {
  const offer = await readOffer(which, deps);
  const { order } = offer;
  const now = deps.clock.now();
  const { dispatchState, reasonCode, serverTimeMs } = searchView(snapshotOf(order), now);
  const shown = offeredOrder(order, which.transporterId, now);
  return {
    orderId: order.id,
    state: order.status,
    status: order.status,
    dispatchState,
    reasonCode,
    dispatchRevision: order.event_version,
    orderLifecycleVersion: order.event_version,
    eventVersion: order.event_version,
    serverTimeMs,
    expiresAtMs: order.search_deadline.getTime(),
    syncCursor: cursorOf([offer]),
    order: shown,
    requests: trucksOf(offer, which.transporterId),
  };
}

async function readOffer(which: WhichOffer, deps: OrderDeps): Promise<ShownOffer> {
  const row = await findInTime(
    (db) => offerOf(db, which),
    (found) => (found?.is_overdue ? found.id : undefined),
    deps,
  );
  const [offer] = row ? await shownTo(which.transporterId, [row], deps) : [];
  if (!offer || !row) throw new AppError('ORDER_NOT_FOUND');
  return row.offer_is_live ? offer : { ...offer, lines: [] };
}

/** The state is replayed, not a log: whoever asks reads the feed again. */
export function replayNothing(now: Date) {
  return {
    cursor: now.getTime(),
    snapshotRequired: true,
    hasMore: false,
    replayWindowStart: now.getTime(),
    replayWindowEnd: now.getTime(),
    cursorType: 'snapshot',
    events: [],
  };
}

function trucksOf({ order, lines }: Pick<ShownOffer, 'order' | 'lines'>, transporterId: string) {
  const kinds = new Set(lines.map(({ vehicleKey }) => vehicleKey));
  return order.trucks
    .filter(
      ({ vehicleKey, assigned }) =>
        kinds.has(vehicleKey) || assigned?.transporterId === transporterId,
    )
    .map((truck) => offeredTruck(truck, order.id, transporterId));
}

/** The same as long as the same offers are live, in the same state. */
function cursorOf(offers: readonly ShownOffer[]): string {
  const states = offers.map(({ order, lines }) => [
    order.id,
    order.event_version,
    ...lines.map(({ vehicleKey, free }) => `${vehicleKey}:${free}`),
  ]);
  return createHash('sha256').update(JSON.stringify(states)).digest('base64url').slice(0, 22);
}
