import { waitingTermsOf } from '../../catalogue/waiting.ts';
import type { AssignmentStatus } from '../../contract/http/assignments/status.ts';
import type { CancellationStage as Stage, TruckStatus } from '../../contract/http/orders/views.ts';
import { waitingFee } from '../stays/bill.ts';
import { waitedMinutes, type Stay } from '../stays/stay.ts';

/** From the stage that costs least to the one in which nothing can be cancelled. */
const stages = [
  'SEARCHING',
  'DRIVER_ASSIGNED',
  'AT_PICKUP',
  'LOADING_STARTED',
  'IN_TRANSIT',
] as const satisfies readonly Stage[];

/** What cancelling costs for one truck, in rupees. We only show the figure: payment is not ours. */
const assignedFee = 50;
const atPickupFee = 100;
const shareOfFare = 0.3;

/** A truck of an order that may be cancelled. */
export interface TruckToCancel {
  readonly id: string;
  readonly status: TruckStatus;
  readonly vehicleType: string;
  readonly pricePerTruck: number;
  /** How far its trip has come, if it has one, and how long it has waited at the pickup. */
  readonly trip: { readonly status: AssignmentStatus; readonly atPickup: Stay } | null;
}

export interface FeeRow {
  readonly truckRequestId: string;
  readonly stage: Stage;
  readonly waitingMinutes: number;
  readonly fee: number;
}

export interface CancellationTerms {
  /** The stage of the truck that has come furthest. */
  readonly stage: Stage;
  readonly fee: number;
  /** One for each truck that would be cancelled. */
  readonly rows: readonly FeeRow[];
}

/** Used for the preview and the cancellation. A held truck counts as searching. A truck that is over costs nothing. */
export function cancellationTerms(trucks: readonly TruckToCancel[], now: Date): CancellationTerms {
  const rows = trucks.filter(({ status }) => !isOver(status)).map((truck) => feeRow(truck, now));
  const furthest = Math.max(0, ...rows.map(({ stage }) => stages.indexOf(stage)));
  return {
    stage: stages[furthest] ?? 'SEARCHING',
    fee: rows.reduce((sum, { fee }) => sum + fee, 0),
    rows,
  };
}

/** A truck on the road, with the goods in it, cannot be called back. */
export function isBlocked({ stage }: Pick<CancellationTerms, 'stage'>): boolean {
  return stage === 'IN_TRANSIT';
}

/** From the pickup on, the driver has come for nothing, and is owed a reason. */
export function needsReason({ stage }: Pick<CancellationTerms, 'stage'>): boolean {
  return stages.indexOf(stage) >= stages.indexOf('AT_PICKUP');
}

const isOver = (status: TruckStatus) =>
  status === 'completed' || status === 'expired' || status === 'cancelled';

const stageOf: Partial<Record<AssignmentStatus, Stage>> = {
  pending: 'DRIVER_ASSIGNED',
  driver_accepted: 'DRIVER_ASSIGNED',
  en_route_pickup: 'DRIVER_ASSIGNED',
  at_pickup: 'AT_PICKUP',
  loading_complete: 'LOADING_STARTED',
  in_transit: 'IN_TRANSIT',
  arrived_at_drop: 'IN_TRANSIT',
};

/** A truck whose position shows it at the pickup is there, whether or not its driver has said so. */
function stageOfTrip({ status, atPickup }: NonNullable<TruckToCancel['trip']>): Stage {
  const stage = stageOf[status] ?? 'SEARCHING';
  return stage === 'DRIVER_ASSIGNED' && atPickup.arrivedAtMs !== null ? 'AT_PICKUP' : stage;
}

function feeRow({ id, vehicleType, pricePerTruck, trip }: TruckToCancel, now: Date): FeeRow {
  const stage = trip ? stageOfTrip(trip) : 'SEARCHING';
  const waited = trip ? waitedMinutes(trip.atPickup, now) : 0;
  const waiting = trip ? waitingFee(trip.atPickup, waitingTermsOf(vehicleType), now) : 0;
  const fees: Record<Stage, number> = {
    SEARCHING: 0,
    DRIVER_ASSIGNED: assignedFee,
    AT_PICKUP: atPickupFee + waiting,
    LOADING_STARTED: Math.max(atPickupFee, waiting, Math.round(pricePerTruck * shareOfFare)),
    IN_TRANSIT: 0,
  };
  return { truckRequestId: id, stage, waitingMinutes: waited, fee: fees[stage] };
}
