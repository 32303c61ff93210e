import type { WeeloCloud } from '../../../bench/weelo-cloud.ts';
import type { SocketIoClient } from '../../../test/support/socket-io-client.ts';
import { northOf } from '../../../test/support/worlds/street.ts';
import { drop, newKey, oneTruck, pickup, takersOf, twoTrucks, type Cast } from './cast.ts';

/** An order on its way, as its parts are lived. */
export interface LiveOrder {
  readonly orderId: string;
  readonly tripIds: readonly string[];
  readonly placedAt: number;
}

/** An answer's body. A refusal ends the measurement. */
export async function answerTo<T>(
  call: Promise<{ readonly body?: T; readonly error?: { readonly code: string } | undefined }>,
): Promise<T> {
  const { body, error } = await call;
  if (body === undefined) throw new Error(`Refused: ${error?.code}`);
  return body;
}

/** Waits for an event on a socket. */
async function hears(socket: SocketIoClient, event: string, of: Readonly<Record<string, unknown>>) {
  const isIt = ({ event: name, data = {} }: SocketIoClient['heard'][number]) =>
    name === event && Object.entries(of).every(([key, value]) => data[key] === value);
  const deadline = performance.now() + 20_000;
  while (!socket.heard.some(isIt)) {
    if (performance.now() > deadline) throw new Error(`${event} was not heard`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The search: the customer's app joins the order, ten captains are told, acknowledge it twice, and read their feed. */
export async function placedIn(cast: Cast, socket: SocketIoClient): Promise<LiveOrder> {
  const { api, customer, captains } = cast;
  const placedAt = performance.now();
  const { order } = await answerTo(
    api.placeOrder({
      token: customer.token,
      idempotencyKey: newKey(),
      body: {
        pickup: { ...pickup, address: 'Sindhi Camp, Jaipur', city: 'Jaipur' },
        drop: { ...drop, address: 'Vidhyadhar Nagar, Jaipur' },
        distanceKm: 25,
        vehicleRequirements: [twoTrucks],
      },
    }),
  );
  socket.emit('join_booking', order.id);
  for (const captain of captains) {
    await hears(captain.socket, 'new_broadcast', { orderId: order.id });
    captain.socket.emit('broadcast_ack', { orderId: order.id });
    captain.socket.emit('dispatch_ack', { orderId: order.id });
    await answerTo(api.listRequests({ token: captain.token, query: {} }));
  }
  return { orderId: order.id, tripIds: [], placedAt };
}

/** Two captains hold a truck each and put a driver on it, and the drivers accept. */
export async function filled(
  cast: Cast,
  socket: SocketIoClient,
  placed: LiveOrder,
): Promise<LiveOrder> {
  const { api } = cast;
  const { orderId } = placed;
  const tripIds: string[] = [];
  for (const { owner, vehicle, driver } of takersOf(cast)) {
    const { token } = owner;
    const { holdId } = await answerTo(
      api.holdTrucks({ token, idempotencyKey: newKey(), body: { orderId, ...oneTruck } }),
    );
    const { vehicles } = await answerTo(api.listVehicles({ token }));
    const { drivers } = await answerTo(api.listDrivers({ token }));
    if (vehicles.length * drivers.length === 0) throw new Error('A fleet without trucks');
    const pairs = [{ vehicleId: vehicle.id, driverId: driver.id }];
    const confirmed = await answerTo(
      api.confirmHold({ token, idempotencyKey: newKey(), body: { holdId, assignments: pairs } }),
    );
    const [tripId = ''] = confirmed.tripIds;
    await answerTo(api.listDriverAssignments({ token: driver.token, query: {} }));
    await answerTo(api.acceptAssignment({ token: driver.token, params: { id: tripId } }));
    await hears(socket, 'assignment_status_changed', { tripId, status: 'driver_accepted' });
    tripIds.push(tripId);
  }
  return { ...placed, tripIds };
}

type Status = 'at_pickup' | 'loading_complete' | 'in_transit' | 'completed';

/** Both drivers say how far they have come. */
export async function moved(cast: Cast, { tripIds }: LiveOrder, ...statuses: readonly Status[]) {
  for (const status of statuses) {
    for (const [i, { driver }] of takersOf(cast).entries()) {
      const params = { tripId: tripIds[i] ?? '' };
      await answerTo(cast.api.moveTrip({ token: driver.token, params, body: { status } }));
    }
  }
}

/** The customer reads the bill, and rates both drivers. */
export async function rated({ api, customer }: Cast, { orderId, tripIds }: LiveOrder) {
  const { token } = customer;
  await answerTo(api.listBookingTrucks({ token, params: { id: orderId } }));
  for (const assignmentId of tripIds) {
    const body = { assignmentId, stars: 5, tags: [] };
    await answerTo(api.rateDriver({ token, body }));
  }
}

/** Positions are told no more often than every two seconds. */
const UNTIL_TOLD_AGAIN_MS = 2_200;

/** Batches of five positions, ten seconds apart, of the second truck. The newest is at the drop, and is now. */
export async function positionsSent(cast: Cast, { tripIds }: LiveOrder, batches: number) {
  const [, second] = takersOf(cast);
  const [, tripId = ''] = tripIds;
  const at = (seconds: number) => ({
    ...northOf(drop, (seconds * 8) / 1000),
    speed: 8,
    bearing: 0,
    accuracy: 6,
    timestamp: new Date(Date.now() + seconds * 1000).toISOString(),
  });
  for (let batch = batches - 1; batch >= 0; batch -= 1) {
    const points = [40, 30, 20, 10, 0].map((before) => at(-50 * batch - before));
    const { accepted } = await answerTo(
      cast.api.sendPositions({ token: second?.driver.token ?? '', body: { tripId, points } }),
    );
    if (accepted !== points.length) throw new Error(`Only ${accepted} positions were accepted`);
    await new Promise((resolve) => setTimeout(resolve, UNTIL_TOLD_AGAIN_MS));
  }
}

/** The drop's deadline has passed: nothing more is delayed for the order. */
export async function untilNothingIsDelayed({ placedAt }: LiveOrder): Promise<void> {
  const left = placedAt + 65_000 - performance.now();
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, left)));
}

/** A queue message for each socket, as if eight minutes had passed without a word on it. */
export const keepAwakes = (cloud: WeeloCloud) =>
  cloud.connectionIds().map((connectionId) => ({ kind: 'keep-awake', connectionId }));
