import type { OrderStatus, TruckStatus } from '../../contract/http/orders/views.ts';

/** What an order's status follows from. */
export interface OrderFacts {
  readonly searchOpen: boolean;
  readonly cancelled: boolean;
  readonly needed: number;
  /** Held or assigned, and what became of those: on the way, or completed. */
  readonly claimed: number;
  /** Assigned, and what became of those. */
  readonly filled: number;
  readonly trucks: readonly TruckStatus[];
}

/** The one function that says what an order is. It may step back, as when a driver gives up. */
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

/** Whether there is still something to come of it. */
export function isLive(status: OrderStatus): boolean {
  return status !== 'completed' && status !== 'cancelled' && status !== 'expired';
}

/** What a truck becomes when its search ends at the deadline: what somebody holds lives on. */
export function afterDeadline(truck: TruckStatus): TruckStatus {
  return truck === 'searching' ? 'expired' : truck;
}

/** What a truck becomes when its order is called off. */
export function afterCancelling(truck: TruckStatus): TruckStatus {
  const over = truck === 'expired' || truck === 'completed' || truck === 'cancelled';
  return over ? truck : 'cancelled';
}

/** Why a search ended without a truck. */
export type SearchReason = 'NO_ONLINE_TRANSPORTERS' | 'NO_TRANSPORTER_ACCEPTANCE';

/** Seconds. */
export const searchSeconds = 60;
/** Before the commit a message about the first wave is queued with this delay: a crash costs that much. */
export const firstWaveDelaySeconds = 2;
