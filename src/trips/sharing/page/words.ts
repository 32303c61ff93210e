import type { WatchedOrder } from '../../../contract/http/sharing/views.ts';

/**
 * What the page says. The function writes it into the page, and the page's script writes it again when it has asked
 * again, so all of this must run in both.
 */
type Truck = WatchedOrder['trucks'][number];

/** What is said of one truck, a line each. */
export interface TruckWords {
  readonly name: string;
  readonly status: string;
  readonly position: string;
  readonly arrival: string;
}

/** Where nothing of a trip may be told. */
export const bareTitle = 'A delivery with Weelo';
export const unknownText = 'This link is not known. It may have been revoked.';
export const endedText = 'This trip has ended.';
export const crowdedText =
  'Too many people are watching from your network. This page tries again in half a minute.';
export const awayText =
  'Weelo cannot show this trip at the moment. This page tries again in half a minute.';

export function titleOf({ sharedBy, pickup, drop }: WatchedOrder): string {
  return `${sharedBy}'s delivery: ${pickup.address} to ${drop.address}`;
}

export function wordsOf(order: WatchedOrder): readonly TruckWords[] {
  const now = new Date(order.serverTime);
  return order.trucks.map((truck) => ({
    name: `${truck.driverFirstName}, ${truck.vehicleNumber}`,
    status: statusWords[truck.status] ?? '',
    position: positionWords(truck, now),
    arrival: arrivalWords(truck, now),
  }));
}

/** Of the trucks that no driver has accepted yet. */
export function waitingWords({ trucks, trucksNeeded }: WatchedOrder): string {
  const waiting = trucksNeeded - trucks.length;
  if (waiting <= 0) return '';
  if (trucks.length === 0) return 'The trip has not begun. No driver is on the way yet.';
  return waiting === 1
    ? 'The trip of one more truck has not begun.'
    : `The trips of ${waiting} more trucks have not begun.`;
}

export function asOfWords({ serverTime }: WatchedOrder): string {
  return `As of ${clockTime(serverTime, new Date(serverTime))}, Indian time.`;
}

/** When nothing comes any more: since when, because what is shown was true then. */
export function unreachedWords({ serverTime }: WatchedOrder, now: Date): string {
  return `No news since ${clockTime(serverTime, now)}: Weelo cannot be reached. This page goes on trying.`;
}

const statusWords: Readonly<Partial<Record<Truck['status'], string>>> = {
  driver_accepted: 'The driver has accepted the trip.',
  en_route_pickup: 'On the way to the pickup.',
  at_pickup: 'At the pickup.',
  loading_complete: 'Loaded.',
  in_transit: 'On the way to the drop.',
  arrived_at_drop: 'At the drop.',
  completed: 'Delivered.',
};

function positionWords({ status, position }: Truck, now: Date): string {
  if (status === 'completed') return '';
  if (!position) return 'Where the truck is, is not known at the moment.';
  const { staleSince, staleReason, lastUpdated, isInaccurate } = position;
  if (staleSince === null) {
    const exactness = isInaccurate ? ', but not exactly' : '';
    return `Position known${exactness}, as of ${clockTime(lastUpdated, now)}.`;
  }
  const since = `No position since ${clockTime(staleSince, now)}.`;
  return staleReason === null ? since : `${since} The driver's phone has a poor network.`;
}

function arrivalWords({ status, position, eta }: Truck, now: Date): string {
  if (status === 'completed' || status === 'arrived_at_drop') return '';
  if (!eta) return 'When it arrives is not known.';
  const at = (minutes: number) => clockTime(new Date(now.getTime() + minutes * 60_000), now);
  const place = eta.to === 'pickup' ? 'At the pickup' : 'At the drop';
  const range = `between ${at(eta.lowMinutes)} and ${at(eta.highMinutes)}`;
  const doubt = position?.isStale ? ' This is a guess from its last position.' : '';
  return `${place} at about ${at(eta.durationMinutes)}, ${range}.${doubt}`;
}

/** India has one time, and no summer time. */
const istMs = 5.5 * 60 * 60 * 1000;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The time of day in India, with the day if that is not today. */
export function clockTime(instant: string | Date, now: Date): string {
  const there = new Date(new Date(instant).getTime() + istMs).toISOString();
  const today = new Date(now.getTime() + istMs).toISOString();
  const time = there.slice(11, 16);
  if (there.slice(0, 10) === today.slice(0, 10)) return time;
  return `${time} on ${Number(there.slice(8, 10))} ${months[Number(there.slice(5, 7)) - 1]}`;
}
