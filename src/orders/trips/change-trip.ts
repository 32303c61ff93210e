import { AppError } from '../../contract/errors.ts';
import type { AssignmentStatus } from '../../contract/http/assignments/status.ts';
import { sql, type Database } from '../../platform/postgres/postgres.ts';
import { assignmentState } from '../assignments/assignments-store.ts';
import { changeOrder, type Decided, type Outcome } from '../changing/change-order.ts';
import type { OrderDeps } from '../order/order-deps.ts';
import { lockOrderWhere, type LiveAssignment, type OrderInHand } from '../order/locked-order.ts';

/** Whose trip it must be. Neither: an operator acts. */
interface WhichTrip {
  readonly tripId: string;
  readonly driverId?: string;
  readonly transporterId?: string;
}

/** A trip whose order is locked. */
export interface TripInHand {
  readonly status: AssignmentStatus;
  /** Unset if the trip has ended. */
  readonly live: LiveAssignment | undefined;
  readonly order: OrderInHand;
}

/** The way in which every use case changes a trip: under the lock of its order. P12: another's trip is not found. */
export async function changeTrip<T>(
  { tripId, driverId, transporterId }: WhichTrip,
  decide: (trip: TripInHand, db: Database) => Decided<T> | Promise<Decided<T>>,
  deps: OrderDeps,
): Promise<Outcome<T>> {
  const isTheirs = sql`
    o.id = (
      SELECT a.order_id FROM weelo.assignments AS a
      WHERE a.id = ${tripId}::uuid
        AND (${driverId ?? null}::uuid IS NULL OR a.driver_id = ${driverId ?? null}::uuid)
        AND (${transporterId ?? null}::uuid IS NULL OR a.transporter_id = ${transporterId ?? null}::uuid)
    )
  `;
  const outcome = await changeOrder(
    (db) => lockOrderWhere(db, isTheirs),
    async (order, db) => {
      const live = order.assignments.find(({ id }) => id === tripId);
      const status = live?.status ?? (await assignmentState(db, tripId));
      return decide({ order, live, status }, db);
    },
    deps,
  );
  if (!outcome) throw new AppError('ASSIGNMENT_NOT_FOUND');
  return outcome;
}
