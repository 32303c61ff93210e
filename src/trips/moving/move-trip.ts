import { AppError } from '../../contract/errors.ts';
import type { AssignmentStatus } from '../../contract/http/assignments/status.ts';
import type { Decided } from '../../orders/changing/change-order.ts';
import type { LiveAssignment, OrderInHand } from '../../orders/order/locked-order.ts';
import { changeTrip, type TripInHand } from '../../orders/trips/change-trip.ts';
import { logTrip } from '../../orders/trips/trip-log.ts';
import { tripMoved } from '../../orders/trips/trip-moved.ts';
import type { TripStatus } from '../../orders/trips/trip-status.ts';
import { noteWrongCode } from '../../orders/trips/trip-statements.ts';
import type { Database } from '../../platform/postgres/postgres.ts';
import { checkArrival, isFresh, type Arrival, type LastFix } from './geofence.ts';
import type { TripDeps } from './trip-deps.ts';
import { isCode, tripCodes, type TripCodeKey } from '../../orders/trips/trip-codes.ts';
import { mayMove } from './trip.ts';
import { cameInTime } from './came-in-time.ts';

interface Input {
  readonly tripId: string;
  readonly driverId: string;
  readonly to: AssignmentStatus;
  /** What the customer has told the driver. */
  readonly code?: string | undefined;
}

interface Asked extends Input {
  readonly fix: LastFix | undefined;
  readonly drivenM: number | undefined;
  /** Set if a code was given. */
  readonly key: TripCodeKey | undefined;
}

/**
 * A driver says how far a trip has come. To say the same again changes nothing.
 *
 *     lock ─ may it move so? ─ is the truck there? ─ is the code right? ─ write ─ COMMIT ─ tell
 */
export async function moveTrip(input: Input, deps: TripDeps) {
  const { tripId, driverId, to, code } = input;
  const [known, key] = await Promise.all([
    deps.trackOf(tripId),
    code === undefined ? undefined : deps.readCodeKey(),
  ]);
  await changeTrip(
    { tripId, driverId },
    (trip, db) => decide(trip, { ...input, ...known, key }, db, deps),
    deps,
  );
  return { tripId, status: to, message: 'The trip is updated.' };
}

async function decide(
  { status, live, order }: TripInHand,
  { to, code, key, driverId, fix, drivenM }: Asked,
  db: Database,
  deps: TripDeps,
): Promise<Decided<undefined>> {
  if (status === to) return { answer: undefined };
  if (!live || !mayMove(status, to) || !isTripStatus(to)) {
    throw new AppError('INVALID_STATUS_TRANSITION', { data: { from: status, to } });
  }
  const place = placeOf(live, to);
  const arrival = place
    ? checkArrival(place, positionOf(order, place), fix, order.read_at)
    : { verified: false, distanceM: null };
  const codeGiven = await checkCode({ order, trip: live, to, code, key, driverId }, db, deps);
  const entry = {
    tripId: live.id,
    id: deps.ids.next(),
    what: 'moved',
    status: to,
    userId: driverId,
    ...whereabouts(fix, arrival, order.read_at),
    codeGiven,
    remark: null,
  } as const;
  const change = tripMoved(order, live, {
    to,
    verified: arrival.verified,
    drivenM,
    onTime: cameInTime(order, live),
    additions: [logTrip(entry)],
  });
  return { change, answer: undefined };
}

const onTheWay: readonly AssignmentStatus[] = [
  'en_route_pickup',
  'at_pickup',
  'loading_complete',
  'in_transit',
  'arrived_at_drop',
  'completed',
];

function isTripStatus(status: AssignmentStatus): status is TripStatus {
  return onTheWay.includes(status);
}

/**
 * The place at which the truck must be for a move. Who goes on the road without a word about the pickup has forgotten
 * it, and is not at the pickup any more.
 */
function placeOf(
  { status: from, stays }: LiveAssignment,
  to: TripStatus,
): 'pickup' | 'drop' | undefined {
  if (to === 'arrived_at_drop' || to === 'completed') {
    // It was there: since then it may have driven on, to turn or to park.
    return stays.drop.verified ? undefined : 'drop';
  }
  const arrives = from === 'driver_accepted' || from === 'en_route_pickup';
  return arrives && (to === 'at_pickup' || to === 'loading_complete') ? 'pickup' : undefined;
}

/** For the log: where the truck was, if a fresh position says so. */
function whereabouts(fix: LastFix | undefined, { distanceM }: Arrival, now: Date) {
  if (!fix || !isFresh(fix, now)) return { latitude: null, longitude: null, distanceM };
  return { latitude: fix.latitude, longitude: fix.longitude, distanceM };
}

function positionOf(order: OrderInHand, place: 'pickup' | 'drop') {
  return place === 'pickup'
    ? { latitude: order.pickup_latitude, longitude: order.pickup_longitude }
    : { latitude: order.drop_latitude, longitude: order.drop_longitude };
}

interface Coded {
  readonly order: OrderInHand;
  readonly trip: LiveAssignment;
  readonly to: TripStatus;
  readonly code: string | undefined;
  readonly key: TripCodeKey | undefined;
  readonly driverId: string;
}

/** Answers whether a code was needed, and is right. A wrong one is counted, although the move is refused. */
async function checkCode(
  { order, trip, to, code, key, driverId }: Coded,
  db: Database,
  deps: TripDeps,
): Promise<boolean> {
  const which = { in_transit: 'startCode', completed: 'deliveryCode' } as const;
  if (!order.requires_trip_codes || (to !== 'in_transit' && to !== 'completed')) return false;
  const lockedMs = (trip.codesLockedUntilMs ?? 0) - order.read_at.getTime();
  if (lockedMs > 0) throw new AppError('TRIP_CODE_LOCKED', { retryAfterMs: lockedMs });
  if (code === undefined || key === undefined) throw new AppError('POD_OTP_REQUIRED');
  const right = tripCodes(trip.id, key)[which[to]];
  if (isCode(code, right)) return true;
  const attemptsLeft = await noteWrongCode(db, trip, { id: deps.ids.next(), status: to, driverId });
  throw new AppError('INVALID_TRIP_CODE', { data: { attemptsLeft } });
}
