import type { TruckStatus } from '../../contract/http/orders/views.ts';

type Stage = 'SEARCHING' | 'DRIVER_ASSIGNED';

/** What cancelling an order costs per truck, in rupees. We only show the figure: payment is not ours. */
const feePerTruck = { SEARCHING: 0, DRIVER_ASSIGNED: 50 } as const satisfies Record<Stage, number>;

export interface CancellationTerms {
  /** The stage of the truck that has come furthest. */
  readonly stage: Stage;
  readonly fee: number;
}

/** Used for the preview and the cancellation. A held truck counts as searching. A truck that is over costs nothing. */
export function cancellationTerms(trucks: readonly TruckStatus[]): CancellationTerms {
  const assigned = trucks.filter((truck) => truck === 'assigned').length;
  return {
    stage: assigned > 0 ? 'DRIVER_ASSIGNED' : 'SEARCHING',
    fee: assigned * feePerTruck.DRIVER_ASSIGNED,
  };
}

/** What a driver gets whose trip is cancelled: what the customer pays for that truck. */
export const compensationPerTrip = feePerTruck.DRIVER_ASSIGNED;
