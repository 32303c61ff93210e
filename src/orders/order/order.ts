import type { OrderStatus, TruckStatus } from '../../contract/http/orders/views.ts';

/** An order's status is derived from these counts. */
export interface OrderFacts {
  readonly searchOpen: boolean;
  readonly cancelled: boolean;
  readonly needed: number;
  /** Held or assigned trucks, and those that have gone on from there: on the way, or completed. */
  readonly claimed: number;
  /** Assigned trucks, and those that have gone on from there. */
  readonly filled: number;
  readonly trucks: readonly TruckStatus[];
}

/** The one function that gives an order's status. The status may step back, for example when a driver gives up. */
export function statusOf(order: OrderFacts): OrderStatus {
  const { searchOpen, cancelled, needed, claimed, filled, trucks } = order;
  if (cancelled) return 'cancelled';
  const going = trucks.filter((truck) => truck !== 'expired' && truck !== 'cancelled');
  const completed = going.filter((truck) => truck === 'completed').length;
  if (!searchOpen && claimed === 0 && completed === 0) return 'expired';
  if (!searchOpen && completed > 0 && completed === going.length) return 'completed';
  if (trucks.some((truck) => truck === 'in_progress' || truck === 'completed')) {
    return 'in_progress';
  }
  if (filled >= needed) return 'fully_filled';
  return filled > 0 || !searchOpen ? 'partially_filled' : 'broadcasting';
}

/** Whether the order is not completed, cancelled or expired. */
export function isLive(status: OrderStatus): boolean {
  return status !== 'completed' && status !== 'cancelled' && status !== 'expired';
}

/** What a truck becomes when its search ends at the deadline. A truck that is held stays held. */
export function afterDeadline(truck: TruckStatus): TruckStatus {
  return truck === 'searching' ? 'expired' : truck;
}

/** What a held truck becomes when it is given back. */
export function afterGivingBack(searchOpen: boolean): TruckStatus {
  return searchOpen ? 'searching' : 'expired';
}

/** What a truck becomes when its order is cancelled. */
export function afterCancelling(truck: TruckStatus): TruckStatus {
  const over = truck === 'expired' || truck === 'completed' || truck === 'cancelled';
  return over ? truck : 'cancelled';
}

/** Why a search ended without a truck. */
export type SearchReason = 'NO_ONLINE_TRANSPORTERS' | 'NO_TRANSPORTER_ACCEPTANCE';

/** In seconds: how long a transporter has for choosing vehicles and drivers for the trucks that it holds. */
export const holdSeconds = 90;
/** In seconds: how long a transporter has for putting another driver on a truck. */
export const holdAfterNoSeconds = 60;
/** In seconds: how long a driver has for accepting a trip. */
export const answerSeconds = 45;
