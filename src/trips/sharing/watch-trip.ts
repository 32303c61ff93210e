import { AppError } from '../../contract/errors.ts';
import type { WatchedOrder } from '../../contract/http/sharing/views.ts';
import { isLive } from '../../orders/order/order.ts';
import type { OrderDeps } from '../../orders/order/order-deps.ts';
import { readOrder } from '../../orders/reading/read-order.ts';
import { logger } from '../../platform/logs/observability.ts';
import { builtIn } from '../../places/gazetteer/built-in.ts';
import type { Position } from '../../places/position.ts';
import type { TrackOrder } from './kept-for-a-moment.ts';
import { sharedOrder } from './share-store.ts';
import { hashOf } from './share-token.ts';
import { isUnderWay } from '../../orders/trips/trip-status.ts';
import { watchView, type Tracked } from './watch-view.ts';

export interface WatchDeps extends OrderDeps {
  /** Where the trucks of an order are, and when they will arrive: those of which something is known. */
  readonly track: TrackOrder;
}

/** Nothing is asked about trips before a driver has accepted, or after the last one has arrived. */
const nothing: Tracked = { positions: [], etas: {} };

/**
 * What whoever has the link sees, as long as the order lives. A page asks every ten seconds. Each time, PostgreSQL is
 * asked whether the link is good, and the order is read from its cache if possible. Where the trucks are, and when they
 * arrive, costs far more, so `track` is to keep it for a moment.
 */
export async function watchTrip(token: string, deps: WatchDeps): Promise<WatchedOrder> {
  const which = await deps.postgres.run((db) => sharedOrder(db, hashOf(token)));
  if (!which) throw new AppError('NOT_FOUND');
  const snapshot = await readOrder({ ...which, counted: Promise.resolve() }, deps);
  const { order, requests } = snapshot;
  if (!isLive(order.status)) throw new AppError('TRIP_ENDED');

  const isAnyUnderWay = requests.some(
    ({ tripStatus: status }) => status !== null && isUnderWay({ status }),
  );
  const [tracked, pickup, drop] = await Promise.all([
    isAnyUnderWay ? deps.track(snapshot).catch(nothingWhileAway) : nothing,
    nameOf(order.pickup),
    nameOf(order.drop),
  ]);
  return watchView(snapshot, { pickup, drop }, tracked, deps.clock.now());
}

/** While Redis is away, no position is known. Who drives, and how far each trip has come, is shown all the same. */
function nothingWhileAway(error: unknown): Tracked {
  if (!(error instanceof AppError) || error.code !== 'SERVICE_UNAVAILABLE') throw error;
  logger.warn('An order is watched without positions', { error });
  return nothing;
}

/** The town or the part of the city, and never the address. */
async function nameOf(place: Position & { readonly city: string | null }): Promise<string> {
  const { address, city } = await builtIn.findAddress(place);
  return city === null ? (place.city ?? 'Not named') : address;
}
