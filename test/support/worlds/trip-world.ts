import type { AssignmentStatus } from '../../../src/contract/http/assignments/status.ts';
import { routesOf } from '../../../src/contract/http/routes.ts';
import { clientOf, type Client } from '../client.ts';
import { into } from '../invoke.ts';
import { aces, marketWorld, tataAce, type Driver, type Transporter } from './market-world.ts';

type Trips = Client<ReturnType<typeof routesOf<'trips'>>[number]>;

/** As an order and a hold name the kind of the trucks. */
export const ace = { vehicleType: 'mini', vehicleSubtype: 'Mini Truck - Tata Ace' };

/** Orders whose trucks have drivers, on the real engines. */
export async function tripWorld(change?: Parameters<typeof marketWorld>[0]) {
  const world = await marketWorld(change);
  const { orders, allTold, search, sql } = world;
  const { handler } = await import('../../../functions/trips.ts');
  const trips: Trips = clientOf(routesOf('trips'), into(handler));

  /** An order of so many trucks of one transporter, whose drivers have accepted. */
  const underWay = async ({
    trucks = 1,
    requireTripCodes = false,
  }: { trucks?: number; requireTripCodes?: boolean } = {}) => {
    const { transporters, ...order } = await search({
      trucks: [aces(trucks)],
      fleets: [{ kinds: Array.from({ length: trucks }, () => tataAce) }],
    });
    const [owner] = transporters as [Transporter];
    if (requireTripCodes) {
      await sql('UPDATE weelo.orders SET requires_trip_codes = true WHERE id = $1', [
        order.orderId,
      ]);
    }
    const { body: hold } = await orders.holdTrucks({
      token: owner.token,
      body: { orderId: order.orderId, ...ace, quantity: trucks },
    });
    const assignments = owner.vehicles.map((vehicleId, i) => ({
      vehicleId,
      driverId: owner.drivers[i]?.id ?? '',
    }));
    const { body } = await orders.confirmHold({
      token: owner.token,
      body: { holdId: hold?.holdId ?? '', assignments },
    });
    const tripIds = body?.tripIds ?? [];
    for (const [i, id] of tripIds.entries()) {
      const token = owner.drivers[i]?.token ?? '';
      const { status } = await orders.acceptAssignment({ token, params: { id } });
      if (status !== 200) throw new Error('A driver could not accept');
    }
    await allTold();
    const [driver] = owner.drivers as [Driver];
    return { ...order, owner, driver, tripIds, tripId: tripIds[0] ?? '' };
  };

  const move = (
    driver: Driver,
    tripId: string,
    status: AssignmentStatus | 'heading_to_pickup',
    code?: string,
  ) =>
    trips.moveTrip({
      token: driver.token,
      params: { tripId },
      body: { status, ...(code !== undefined && { code }) },
    });

  /** As if so many hours more had passed since a trip last went on. */
  const standStill = (tripId: string, hours: number) =>
    sql(`UPDATE weelo.assignments SET moved_at = moved_at - $2 * interval '1 hour' WHERE id = $1`, [
      tripId,
      hours,
    ]);

  /** As if the driver had accepted a trip so many minutes earlier. What the cache knows of its order is forgotten. */
  const acceptedBefore = async (
    { tripId, orderId }: { readonly tripId: string; readonly orderId: string },
    minutes: number,
  ) => {
    await sql(
      `UPDATE weelo.assignments SET accepted_at = accepted_at - $2 * interval '1 minute' WHERE id = $1`,
      [tripId, minutes],
    );
    await world.redis.del(`order:${orderId}`);
  };

  return { ...world, trips, underWay, move, standStill, acceptedBefore };
}
