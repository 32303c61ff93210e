import type { Eta } from '../../contract/http/tracking/views.ts';
import { isInaccurate } from '../../fleet/last-positions/fix.ts';
import { stalenessOf } from '../../fleet/last-positions/staleness.ts';
import type { LastPosition, TripPositions } from '../../fleet/last-positions/trip-positions.ts';
import { formatDuration } from '../../places/format-duration.ts';
import type { Position } from '../../places/position.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Postgres } from '../../platform/postgres/postgres.ts';
import { isUnderWay } from '../../orders/trips/trip-status.ts';
import type { KnownTrip } from '../known-trip.ts';
import { tripsShownTo, type AskedOrder, type TripsOfOrder } from '../tracking/read-positions.ts';
import { decodeTrack } from '../tracking/track/segments.ts';
import { estimateArrival, type Arrival, type Journey } from './estimate-arrival.ts';
import { openLearnedPace } from './learned-pace.ts';
import { learnSpeeds } from './learn-speeds.ts';
import { speedsNeeded } from './speeds-needed.ts';
import { latestTracks, speedsNear } from './speeds-store.ts';
import { wayAhead } from './way-ahead.ts';

/** A trip, with the stops between its pickup and its drop. */
interface EtaTrip extends KnownTrip {
  readonly stops: readonly Position[];
}

export interface EtaDeps {
  readonly tripsOfOrder: (orderId: string) => Promise<TripsOfOrder<EtaTrip> | undefined>;
  readonly positions: Pick<TripPositions, 'of'>;
  readonly postgres: Pick<Postgres, 'run'>;
  readonly clock: Clock;
}

/** When the trucks of an order arrive, by trip. Trips whose position is not known are left out. */
export async function showEtas(asked: AskedOrder, deps: EtaDeps) {
  const trips = (await tripsShownTo(asked, deps.tripsOfOrder)).filter(isUnderWay);
  const positions = await deps.positions.of(trips.map(({ tripId }) => tripId));
  const now = deps.clock.now();
  const seen = trips.flatMap((trip) => {
    const position = positions.get(trip.tripId);
    return position ? [{ trip, position }] : [];
  });
  const soFar = await drivenSoFar(
    seen.map(({ trip }) => trip.tripId),
    deps,
  );
  const drives = seen.map(({ trip, position }) => {
    const driven = soFar.get(trip.tripId) ?? [];
    return { trip, position, journey: { ...legOf(trip, position, now), soFar: driven } };
  });
  const paceOf = await paceFor(
    drives.map(({ journey }) => journey),
    deps,
  );
  const etas = drives.map(({ trip, position, journey }) => {
    const arrival = hasArrived(trip) ? there : estimateArrival(journey, now.getTime(), paceOf);
    return [trip.tripId, etaView(goesTo(trip), arrival, stalenessOf(position, now))] as const;
  });
  return { bookingId: asked.orderId, etas: Object.fromEntries(etas) };
}

/** What was written of the trips' tracks. The last minutes, which are not written yet, would change little. */
async function drivenSoFar(tripIds: readonly string[], { postgres }: EtaDeps) {
  if (tripIds.length === 0) return new Map<string, Journey['soFar']>();
  const tracks = await postgres.run((db) => latestTracks(db, tripIds));
  const byTrip = Map.groupBy(tracks, ({ tripId }) => tripId);
  const learned = ([tripId, segments]: [string, typeof tracks]) => {
    const points = segments.flatMap(({ track }) => decodeTrack(track));
    return [tripId, learnSpeeds(points.filter((point) => !isInaccurate(point)))] as const;
  };
  return new Map([...byTrip].map(learned));
}

async function paceFor(journeys: readonly Journey[], { postgres }: EtaDeps) {
  if (journeys.length === 0) return openLearnedPace([]);
  return openLearnedPace(await postgres.run((db) => speedsNear(db, speedsNeeded(journeys))));
}

const goesTo = ({ status }: KnownTrip) =>
  status === 'driver_accepted' || status === 'en_route_pickup' ? 'pickup' : 'drop';

const hasArrived = ({ status }: KnownTrip) => status === 'arrived_at_drop';

const there: Arrival = { minutes: 0, lowMinutes: 0, highMinutes: 0, distanceKm: 0 };

/** The drive that is ahead. While a truck is being loaded, it sets out at the pickup, at the earliest now. */
function legOf(
  trip: EtaTrip,
  { fix, seenAtMs: fixAtMs }: LastPosition,
  now: Date,
): Omit<Journey, 'soFar'> {
  if (goesTo(trip) === 'pickup') return { way: [fix, trip.pickup], fixAtMs };
  const route = [trip.pickup, ...trip.stops, trip.drop];
  const isLoading = trip.status === 'at_pickup' || trip.status === 'loading_complete';
  if (isLoading) return { way: route, fixAtMs: now.getTime() };
  return { way: wayAhead(route, fix), fixAtMs };
}

function etaView(
  to: Eta['to'],
  { minutes, lowMinutes, highMinutes, distanceKm }: Arrival,
  staleness: ReturnType<typeof stalenessOf>,
): Eta {
  return {
    to,
    durationMinutes: minutes,
    lowMinutes,
    highMinutes,
    durationText: formatDuration(minutes),
    distanceKm,
    ...staleness,
  };
}
