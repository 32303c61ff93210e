import { statusOf } from '../../src/orders/order/order.ts';
import { freeOf, type LiveCaptain, type LiveOrder } from './live.ts';
import type { Market } from './market.ts';

/** What contradicts the promises, in a sentence each. */
export function brokenIn({ orders, captains }: Market): readonly string[] {
  return [
    ...orders.flatMap(brokenInOrder),
    ...captains.flatMap(brokenInFleet),
    ...sharedVehicles(orders, captains),
  ];
}

const isTaken = (status: string) =>
  status === 'assigned' || status === 'in_progress' || status === 'completed';

function brokenInOrder(order: LiveOrder): readonly string[] {
  const { id, trucks, holds, needed, asked, search_closed_at: closed } = order;
  const filled = trucks.filter(({ status }) => isTaken(status)).length;
  const claimed = filled + trucks.filter(({ status }) => status === 'held').length;
  const heldBy = (holdId: string) => trucks.filter((truck) => truck.holdId === holdId).length;
  const offers = [...asked.values()];
  const status = statusOf({
    searchOpen: closed === null,
    cancelled: order.status === 'cancelled',
    needed,
    claimed,
    filled,
    trucks: trucks.map((truck) => truck.status),
  });
  return [
    trucks.length > needed && `${id} has more trucks than it needs`,
    claimed > needed && `${id} is over-filled`,
    status !== order.status && `${id} is ${order.status}, and should be ${status}`,
    holds.some((hold) => heldBy(hold.id) !== hold.quantity) && `${id} has a hold of other trucks`,
    trucks.some(
      (truck) => (truck.status === 'held') !== holds.some((hold) => hold.id === truck.holdId),
    ) && `${id} has a truck that is held by nobody, or not held by its hold`,
    trucks.some((truck) => isTaken(truck.status) && !truck.assigned) &&
      `${id} has a truck without a crew`,
    closed && offers.some(({ isOpen }) => isOpen) && `${id} is closed, and has a live offer`,
    closed &&
      trucks.some((truck) => truck.status === 'searching') &&
      `${id} is closed, and searches`,
    (order.status === 'cancelled' || order.status === 'expired') &&
      claimed > 0 &&
      `${id} is over, and has trucks`,
  ].filter((each) => typeof each === 'string');
}

function brokenInFleet(captain: LiveCaptain): readonly string[] {
  const { plan, vehicles, open, held } = captain;
  return [
    vehicles.some((vehicle) => freeOf(captain, vehicle.plan.kind) < 0) &&
      `${plan.id} has promised more trucks than it has`,
    [...held.values()].some((trucks) => trucks < 0) && `${plan.id} holds less than nothing`,
    [...open].some((offer) => !offer.isOpen) && `${plan.id} has a closed offer among its live ones`,
    vehicles.some(({ on }) => on && !isTaken(on.status)) &&
      `${plan.id} has a vehicle on a truck that is not taken`,
  ].filter((each) => typeof each === 'string');
}

/** P11: a vehicle is on one truck, and a truck has one vehicle. */
function sharedVehicles(
  orders: readonly LiveOrder[],
  captains: readonly LiveCaptain[],
): readonly string[] {
  const on = captains.flatMap(({ vehicles }) => vehicles.flatMap((vehicle) => vehicle.on ?? []));
  const driven = orders.flatMap(({ trucks }) =>
    trucks.filter(({ status }) => status === 'assigned' || status === 'in_progress'),
  );
  const isSame = new Set(on).size === on.length && on.length === driven.length;
  return isSame && driven.every((truck) => on.includes(truck))
    ? []
    : ['Vehicles and trucks do not belong together one by one'];
}
