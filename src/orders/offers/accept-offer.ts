import { kindByKey } from '../../catalogue/vehicle-kind.ts';
import { AppError } from '../../contract/errors.ts';
import type { Database } from '../../platform/postgres/postgres.ts';
import { countOne } from '../../platform/logs/observability.ts';
import { changeOrder, type Decided } from '../changing/change-order.ts';
import { insertHold } from '../holds/hold-statements.ts';
import { openTrucksOf, refuseUnlessFree } from '../holds/may-hold.ts';
import { standingOf } from '../holds/standing-store.ts';
import { acceptOffer as noteAccepted } from './offer-statements.ts';
import { freeChanged } from './offer-messages.ts';
import { tellTaken } from '../telling/tell-taken.ts';
import { wasOffered } from './was-offered.ts';
import { lockOrderFor, type LiveAssignment, type OrderInHand } from '../order/locked-order.ts';
import type { OrderDeps } from '../order/order-deps.ts';
import { findCrews, type Pair } from '../assignments/crew.ts';
import { vehicleToAssign } from '../assignments/crew-store.ts';
import { trucksAssigned } from '../assignments/trucks-assigned.ts';

interface Input extends Pair {
  readonly orderId: string;
  readonly transporterId: string;
}

/** Holds one truck and confirms it, in one step. The same vehicle and driver once more get the same answer. */
export async function acceptOffer(input: Input, deps: OrderDeps) {
  const { orderId, transporterId } = input;
  const outcome = await changeOrder(
    (db) => lockOrderFor(db, transporterId, wasOffered({ orderId, transporterId })),
    (order, db) => decide(order, input, { db, deps }),
    deps,
  );
  if (!outcome) throw new AppError('ORDER_NOT_FOUND');
  const { answer, transition } = outcome;
  if (transition) countOne('OffersAccepted');
  return {
    orderId,
    assignmentId: answer.id,
    tripId: answer.id,
    status: answer.status,
    replayed: transition === undefined,
  };
}

async function decide(
  order: OrderInHand,
  input: Input,
  { db, deps }: { readonly db: Database; readonly deps: OrderDeps },
): Promise<Decided<LiveAssignment>> {
  const { orderId, transporterId, vehicleId } = input;
  const before = replayOf(order, input);
  if (before) return { answer: before };
  if (order.search_closed_at !== null) throw new AppError('ORDER_INACTIVE');
  const vehicle = await vehicleToAssign(db, transporterId, vehicleId);
  // A vehicle that is not the transporter's own is refused with the pair.
  const vehicleKey = vehicle?.vehicleKey ?? order.trucks[0]?.vehicleKey ?? '';
  const kind = kindByKey(vehicleKey);
  if (!kind) throw new AppError('NOT_ENOUGH_AVAILABLE');
  const standing = await standingOf(db, { orderId, transporterId, vehicleKey });
  if (vehicle) refuseUnlessFree(order, { transporterId, kind, quantity: 1 }, standing);
  const crews = await findCrews([input], { transporterId, vehicleKey, trucks: 1 }, db);
  const holdId = deps.ids.next();
  const hold = insertHold({
    id: holdId,
    orderId,
    transporterId,
    vehicleKey,
    quantity: 1,
    afterNo: false,
    idempotencyKey: null,
    expiresAt: order.read_at,
    status: 'confirmed',
  });
  // By a statement of its own: the one that writes the transition may close this offer, and a statement can change a
  // row only once.
  await db.$executeRaw(noteAccepted({ orderId, transporterId }));
  const { assignments, change } = trucksAssigned(
    order,
    {
      holdId,
      transporterId,
      hold,
      trucks: openTrucksOf(order, vehicleKey).slice(0, 1),
      crews,
      offers: tellTaken(order, { vehicleKey, trucks: 1, by: transporterId }),
      asksDispatch: standing.free === 1 ? [freeChanged(transporterId, vehicleKey)] : [],
    },
    deps.ids,
  );
  const [assignment] = assignments;
  if (!assignment) throw new Error('A truck was taken, and nobody is on it');
  return { change, answer: assignment };
}

/** The answer to an earlier try was lost: it is given again. P12: only to the transporter whose try that was. */
function replayOf({ assignments }: OrderInHand, { transporterId, vehicleId, driverId }: Input) {
  return assignments.find(
    (each) =>
      each.transporterId === transporterId &&
      each.vehicleId === vehicleId &&
      each.driverId === driverId,
  );
}
