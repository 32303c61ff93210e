import { bookingCompleted } from '../../contract/events/trips.ts';
import { bookingFullyFilled, orderCancelled, orderExpired } from '../../contract/events/orders.ts';
import type { OrderStatus } from '../../contract/http/orders/views.ts';
import { joined, orderState } from '../../contract/socket/actions.ts';
import type { Said, Told } from './plain.ts';

type Data = Readonly<Record<string, unknown>>;

/** What the shipped apps say by other names than the socket protocol does, each with one argument. */
const sayings: ReadonlyMap<string, (argument: unknown) => Said> = new Map([
  ['ping', () => ({ action: 'ping', data: {} })],
  ['join_booking', (orderId) => ({ action: 'join', data: { orderId } })],
  ['join_order', (orderId) => ({ action: 'join', data: { orderId } })],
  ['leave_booking', (orderId) => ({ action: 'leave', data: { orderId } })],
  ['leave_order', (orderId) => ({ action: 'leave', data: { orderId } })],
  ['dispatch_ack', seen],
  ['broadcast_ack', seen],
  [
    'fcm_token_refresh',
    (argument) => {
      const { fcmToken } = fieldsOf(argument);
      return { action: 'device', data: { token: fcmToken } };
    },
  ],
  [
    'heartbeat',
    (argument) => {
      const { lat, lng, speed, bearing } = fieldsOf(argument);
      return { action: 'location', data: { latitude: lat, longitude: lng, speed, bearing } };
    },
  ],
  ['update_location', (argument) => ({ action: 'location', data: fieldsOf(argument) })],
]);

function seen(argument: unknown): Said {
  const { orderId } = fieldsOf(argument);
  return { action: 'seen', data: { orderId } };
}

function fieldsOf(argument: unknown): Data {
  const isObject = typeof argument === 'object' && argument !== null && !Array.isArray(argument);
  return isObject ? { ...argument } : {};
}

/** Nothing, if it is of no use: the apps say some things that nobody needs. */
export function saidByApp(event: string, argument: unknown): Said | undefined {
  return sayings.get(event)?.(argument);
}

/** The event by which the apps learn that an order stands like this. A search that goes on is no news to them. */
const newsOf: ReadonlyMap<unknown, string> = new Map<OrderStatus, string>([
  ['fully_filled', bookingFullyFilled.name],
  ['in_progress', bookingFullyFilled.name],
  ['completed', bookingCompleted.name],
  ['cancelled', orderCancelled.name],
  ['expired', orderExpired.name],
]);
const statesOfOrders: ReadonlySet<string> = new Set([joined.event, orderState.event]);

/**
 * What the apps are told, by the names that they listen to. An app that was away gets the state of an order under the
 * name of the event that it missed. By the `eventVersion` it drops what it knows already.
 */
export function toldToApp({ event, id, data }: Told): readonly [event: string, ...data: Data[]] {
  const news = statesOfOrders.has(event) ? newsOf.get(data?.['status']) : undefined;
  const fields = { ...data, ...(id !== undefined && { eventId: id }) };
  return Object.keys(fields).length > 0 ? [news ?? event, fields] : [news ?? event];
}
