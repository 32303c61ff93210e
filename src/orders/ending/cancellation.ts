import type { TruckStatus } from '../../contract/http/orders/views.ts';

type Stage = 'SEARCHING' | 'DRIVER_ASSIGNED';

/** What calling an order off costs, truck by truck, in rupees. Payment is not ours: a figure, never a charge. */
const feePerTruck = { SEARCHING: 0, DRIVER_ASSIGNED: 50 } as const satisfies Record<Stage, number>;

export interface CancellationTerms {
  /** That of the truck which has come furthest. */
  readonly stage: Stage;
  readonly fee: number;
}

/** Preview and cancellation ask the same function. A held truck counts as searching; what is over costs nothing. */
export function cancellationTerms(trucks: readonly TruckStatus[]): CancellationTerms {
  const assigned = trucks.filter((truck) => truck === 'assigned').length;
  return {
    stage: assigned > 0 ? 'DRIVER_ASSIGNED' : 'SEARCHING',
    fee: assigned * feePerTruck.DRIVER_ASSIGNED,
  };
}
