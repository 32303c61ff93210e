import * as z from 'zod';
import { AssignmentStatus } from '../http/assignments/status.ts';
import { HeldTrucks, TrucksToHold } from '../http/holds/routes.ts';
import { OrderState, Remark } from '../http/orders/views.ts';
import { Instant } from '../wire.ts';
import { ack, acknowledged, seen } from './acknowledging.ts';
import { device, registered } from './device.ts';
import { located, location } from './location.ts';
import { socketAction, socketAnswer, socketError, type SocketAnswer } from './protocol.ts';
import { connected } from './socket-io.ts';

const often = { limit: 60, windowSeconds: 60 } as const;
const seldom = { limit: 20, windowSeconds: 60 } as const;

/** The three ids are the same, under the names that the apps read. */
const StateOfOrder = OrderState.extend({ bookingId: z.uuid(), broadcastId: z.uuid() }).meta({
  id: 'StateOfOrder',
});

const pong = socketAnswer({ event: 'pong', summary: 'The connection is alive' });

export const orderState = socketAnswer({
  event: 'order_state',
  summary:
    'How a live order of a customer stands, one for each after `resume`: drop it if you know a higher `eventVersion`',
  data: StateOfOrder,
});

export const resumed = socketAnswer({
  event: 'resumed',
  summary:
    'You were told all that is live. An order that you know as live, and were not told, is over, or for a transporter not on offer any more: ask for it by HTTP',
  data: z.object({
    count: z
      .int()
      .nonnegative()
      .meta({ description: 'How many orders, offers or trips were told before' }),
  }),
});

const authenticated = socketAnswer({
  event: 'authenticated',
  summary: 'The connection goes on with the new token',
  data: z.object({ expiresAt: Instant.meta({ description: 'When the new token expires' }) }),
});

export const joined = socketAnswer({
  event: 'joined',
  summary: 'The order is yours, and this is how it stands. Its events come either way',
  data: StateOfOrder,
});

const left = socketAnswer({
  event: 'left',
  summary: 'Understood. Events of your orders still come, because a customer must know them',
});

const OfOrder = z.object({ orderId: z.uuid() });

const held = socketAnswer({
  event: 'held',
  summary: 'The trucks are yours until `expiresAt`: confirm them by HTTP before',
  data: HeldTrucks,
});

const accepted = socketAnswer({
  event: 'accepted',
  summary: 'A truck of the order has your vehicle and your driver',
  data: OfOrder.extend({ assignmentId: z.uuid(), tripId: z.uuid(), status: AssignmentStatus }),
});

const declined = socketAnswer({
  event: 'declined',
  summary: 'The order is not on offer to you any more',
  data: OfOrder,
});

const ping = socketAction({
  action: 'ping',
  summary: 'Keeps the connection alive: send one every 4 to 5 minutes',
  audience: 'signed-in',
  answer: pong,
  // The shipped apps ping every 35 seconds, on each of up to five devices.
  rateLimit: often,
});

const resume = socketAction({
  action: 'resume',
  summary:
    'Asks for everything that is live: send it whenever you have connected. A customer is told `order_state` for each live order, a transporter `new_broadcast` for each offer, a driver `trip_assigned` for the trip; then `resumed`. Holds and assignments of a transporter are told by HTTP',
  audience: 'signed-in',
  answer: resumed,
  rateLimit: seldom,
  mayAnswerLater: true,
});

const auth = socketAction({
  action: 'auth',
  summary: 'Gives the connection a new access token of the same user',
  audience: 'signed-in',
  data: z.object({ token: z.string().min(1).max(4096) }),
  answer: authenticated,
  rateLimit: seldom,
  whileExpired: true,
});

const join = socketAction({
  action: 'join',
  summary: 'Asks how one of your orders stands',
  audience: ['customer'],
  data: OfOrder,
  answer: joined,
  rateLimit: often,
});

const leave = socketAction({
  action: 'leave',
  summary: 'You do not watch this order any more',
  audience: ['customer'],
  data: OfOrder,
  answer: left,
  rateLimit: often,
});

const hold = socketAction({
  action: 'hold',
  summary: 'Holds trucks of an order that is on offer to you, as POST truck-hold/hold does',
  audience: ['transporter'],
  data: TrucksToHold,
  answer: held,
  rateLimit: often,
});

const accept = socketAction({
  action: 'accept',
  summary:
    'Takes one truck of an order, with a vehicle and a driver, as POST broadcasts/{id}/accept does',
  audience: ['transporter'],
  data: OfOrder.extend({ vehicleId: z.uuid(), driverId: z.uuid() }),
  answer: accepted,
  // As the route: a person does not accept oftener.
  rateLimit: { limit: 10, windowSeconds: 60 },
});

const decline = socketAction({
  action: 'decline',
  summary: 'Declines an order that is on offer to you',
  audience: ['transporter'],
  data: OfOrder.extend({ reason: Remark.optional() }),
  answer: declined,
  rateLimit: often,
});

/** Every action of the socket protocol. */
export const socketActions = [
  ping,
  resume,
  ack,
  seen,
  device,
  auth,
  join,
  leave,
  hold,
  accept,
  decline,
  location,
] as const;

/** The answers to actions. Events that users are told about are in `events/`. */
export const socketAnswers: readonly SocketAnswer[] = [
  pong,
  orderState,
  resumed,
  acknowledged,
  registered,
  authenticated,
  connected,
  joined,
  left,
  held,
  accepted,
  declined,
  located,
  socketError,
];
