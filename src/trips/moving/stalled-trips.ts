import { AppError } from '../../contract/errors.ts';
import type { LiveAssignment } from '../../orders/order/locked-order.ts';
import type { OrderDeps } from '../../orders/order/order-deps.ts';
import { changeTrip } from '../../orders/trips/change-trip.ts';
import { stalledTrips } from '../../orders/trips/stalled-trips.ts';
import { tripStalled } from '../../orders/trips/trip-stalled.ts';
import { countOne, logger } from '../../platform/logs/observability.ts';

/** In hours. A driver who has slept and loaded has moved since. */
const stalledHours = 12;

/** Whether a trip has gone on neither by a status nor by a position for so long that somebody else may end it. */
export function isStalled({ movedAtMs }: Pick<LiveAssignment, 'movedAtMs'>, now: Date): boolean {
  return movedAtMs !== null && now.getTime() - movedAtMs >= stalledHours * 3_600_000;
}

/**
 * For the reconciler: tells both sides of trips that stand still, each once, and answers of how many. If one cannot be
 * told because of a fault of ours, the others are.
 */
export async function tellStalledTrips(most: number, deps: OrderDeps): Promise<number> {
  let told = 0;
  for (const tripId of await stalledTrips({ hours: stalledHours, most }, deps)) {
    await tellStalled(tripId, deps).then(
      () => (told += 1),
      (error: unknown) => {
        if (error instanceof AppError) return;
        logger.error('Nobody could be told of a trip that stands still', { tripId, error });
        countOne('OrdersStuck');
      },
    );
  }
  return told;
}

async function tellStalled(tripId: string, deps: OrderDeps): Promise<void> {
  await changeTrip(
    { tripId },
    ({ live, order }) =>
      live && isStalled(live, order.read_at)
        ? { change: tripStalled(order, live), answer: undefined }
        : { answer: undefined },
    deps,
  );
}
