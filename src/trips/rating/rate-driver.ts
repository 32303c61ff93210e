import { DriverRated } from '../../contract/domain-events/trips.ts';
import { publication } from '../../contract/domain-events/domain-event.ts';
import { AppError } from '../../contract/errors.ts';
import { tell } from '../../contract/events/event.ts';
import { driverRatingUpdated } from '../../contract/events/trips.ts';
import { averageRating, toTwoDigits, type Rated } from '../../fleet/drivers/average-rating.ts';
import { nameOfDriver } from '../../orders/order/names-shown.ts';
import type { Ids } from '../../platform/ids.ts';
import {
  domainEventFor,
  eventFor,
  writeEvents,
  type OutboxEvent,
} from '../../platform/outbox/events.ts';
import { relayOwn, type RelayDeps } from '../../platform/outbox/relay-events.ts';
import type { Database } from '../../platform/postgres/postgres.ts';
import {
  addRating,
  firstRating,
  lockTripToRate,
  type OwnTrip,
  type TripToRate,
} from './ratings-store.ts';

interface Input extends OwnTrip {
  readonly stars: number;
  readonly comment?: string | undefined;
  readonly tags: readonly string[];
}

interface Deps extends RelayDeps {
  readonly ids: Ids;
}

interface Given {
  readonly id: string;
  readonly stars: number;
  readonly rated: Rated;
  /** Set if this is the first rating of the trip. */
  readonly events?: readonly OutboxEvent[];
}

/**
 * A customer rates the driver of a completed trip. A trip is rated once: a second rating changes nothing, and is
 * answered with the first one.
 */
export async function rateDriver(input: Input, deps: Deps) {
  const { id, stars, rated, events } = await deps.postgres.transaction((db) =>
    rate(db, input, deps),
  );
  if (events) await relayOwn(events, deps);
  return {
    ratingId: id,
    stars,
    driverAvgRating: averageRating(rated) ?? stars,
    message: events ? 'Thank you for your rating.' : 'You have rated this trip before.',
    idempotent: events === undefined,
  };
}

async function rate(db: Database, input: Input, deps: Deps): Promise<Given> {
  const trip = await lockTripToRate(db, input);
  if (!trip) throw new AppError('ASSIGNMENT_NOT_FOUND');
  if (trip.status !== 'completed') throw new AppError('RATING_NOT_POSSIBLE');
  const { stars, comment, tags } = input;
  const id = deps.ids.next();
  const said = { id, stars, comment: comment ? comment : null, tags: [...new Set(tags)] };
  const rated = await addRating(db, trip, said);
  if (rated) {
    const events = eventsOf(trip, stars, rated, deps);
    await writeEvents(db, events);
    return { id, stars, rated, events };
  }
  const first = await firstRating(db, trip.tripId);
  if (!first) throw new Error('A rating that is in the way is gone');
  return { id: first.id, stars: first.stars, rated: first };
}

/** P8: the driver and the transporter are told, and other systems. */
function eventsOf(
  { tripId, orderId, customerId, transporterId, driverId, driverName }: TripToRate,
  stars: number,
  rated: Rated,
  { clock, ids }: Deps,
): readonly OutboxEvent[] {
  const at = clock.now().toISOString();
  const { ratings } = rated;
  const average = averageRating(rated) ?? stars;
  const before = averageRating({ ratingSum: rated.ratingSum - stars, ratings: ratings - 1 });
  const telling = tell(driverRatingUpdated, [driverId, transporterId], {
    driverId,
    driverName: nameOfDriver(driverName),
    newRating: average,
    totalRatings: ratings,
    // Before the first rating there was no average that could change.
    ratingDelta: before === null ? 0 : toTwoDigits(average - before),
    message: `${nameOfDriver(driverName)} was rated: ${stars} of 5 stars.`,
  });
  const facts = { orderId, customerId, tripId, transporterId, driverId, stars };
  const published = publication(DriverRated, {
    ...facts,
    averageRating: average,
    totalRatings: ratings,
  });
  return [eventFor(telling, at, ids), domainEventFor(published, at, ids)];
}
