import { namedKind, namedType } from '../../catalogue/named-vehicle.ts';
import type { VehicleKind } from '../../catalogue/vehicle-kind.ts';
import { TrucksHeld } from '../../contract/domain-events/orders.ts';
import { AppError } from '../../contract/errors.ts';
import { countOne } from '../../platform/logs/observability.ts';
import { answerTimer } from '../changing/answer-timer.ts';
import type { Change } from '../changing/change.ts';
import { changeOrder, type Decided } from '../changing/change-order.ts';
import { acceptOffer } from '../offers/offer-statements.ts';
import { freeChanged } from '../offers/offer-messages.ts';
import { tellTaken } from '../telling/tell-taken.ts';
import { wasOffered } from '../offers/was-offered.ts';
import { lockOrderFor, type OrderInHand } from '../order/locked-order.ts';
import type { OrderDeps } from '../order/order-deps.ts';
import { publicationOf } from '../telling/order-events.ts';
import { holdSeconds } from '../order/order.ts';
import { insertHold } from './hold-statements.ts';
import { openTrucksOf, refuseUnlessFree } from './may-hold.ts';
import { standingOf, type Standing } from './standing-store.ts';

interface Asked {
  readonly orderId: string;
  readonly transporterId: string;
  readonly kind: VehicleKind;
  readonly quantity: number;
  readonly idempotencyKey?: string | undefined;
}

/** The kind may be named in the spelling of either app. */
export function toHold(
  asked: {
    readonly orderId: string;
    readonly vehicleType: string;
    readonly vehicleSubtype: string;
    readonly quantity: number;
  },
  transporterId: string,
  idempotencyKey?: string,
): Asked {
  const { orderId, vehicleType, vehicleSubtype, quantity } = asked;
  const kind = namedKind(namedType(vehicleType), vehicleSubtype);
  return { orderId, transporterId, kind, quantity, idempotencyKey };
}

interface Held {
  readonly holdId: string;
  readonly expiresAt: Date;
}

/**
 * Holds trucks of one kind for a transporter: all that were asked for, or none. P4, P5: the order is locked, and then
 * the transporter. So of many transporters one gets a truck, and no free truck is counted twice.
 */
export async function holdTrucks(asked: Asked, deps: OrderDeps) {
  const { orderId, transporterId, kind } = asked;
  const outcome = await changeOrder(
    (db) => lockOrderFor(db, transporterId, wasOffered({ orderId, transporterId })),
    async (order, db) => {
      const standing = await standingOf(db, { ...asked, vehicleKey: kind.key });
      return decide(order, asked, standing, deps.ids.next());
    },
    deps,
  );
  if (!outcome) throw new AppError('ORDER_NOT_FOUND');
  const { order, answer, transition } = outcome;
  if (transition) countOne('OffersAccepted');
  return {
    holdId: answer.holdId,
    expiresAt: answer.expiresAt.toISOString(),
    heldQuantity: asked.quantity,
    holdState: 'reserved' as const,
    eventId: transition?.events[0]?.id ?? null,
    eventVersion: transition?.eventVersion ?? order.event_version,
    serverTimeMs: deps.clock.now().getTime(),
  };
}

function decide(
  order: OrderInHand,
  asked: Asked,
  standing: Standing,
  holdId: string,
): Decided<Held> {
  const before = replayOf(order, asked, standing);
  if (before) return { answer: before };
  refuseUnlessFree(order, asked, standing);
  const expiresAt = new Date(order.read_at.getTime() + holdSeconds * 1000);
  return {
    change: trucksHeld(order, asked, standing, { holdId, expiresAt }),
    answer: { holdId, expiresAt },
  };
}

/** The answer to an earlier try was lost: it is given again. */
function replayOf(
  { holds }: OrderInHand,
  { quantity }: Asked,
  { sameIntent }: Standing,
): Held | undefined {
  const hold = holds.find(({ id }) => id === sameIntent?.id);
  if (!hold) return undefined;
  if (hold.quantity !== quantity) throw new AppError('IDEMPOTENCY_CONFLICT');
  return { holdId: hold.id, expiresAt: new Date(hold.expiresAtMs) };
}

function trucksHeld(
  order: OrderInHand,
  { orderId, transporterId, kind, quantity, idempotencyKey }: Asked,
  { free }: Standing,
  { holdId, expiresAt }: Held,
): Change {
  const taken = new Set(
    openTrucksOf(order, kind.key)
      .slice(0, quantity)
      .map(({ id }) => id),
  );
  const told = tellTaken(order, { vehicleKey: kind.key, trucks: quantity, by: transporterId });
  return {
    happening: {
      becomes: ({ id, status }) => (taken.has(id) ? 'held' : status),
      holdId,
      tells: told.tells,
      // P9: it cannot serve others with these trucks, so its other offers may have to go.
      asksDispatch: () => (free === quantity ? [freeChanged(transporterId, kind.key)] : []),
      publishes: (after) =>
        publicationOf(TrucksHeld, after, { transporterId, holdId, truckRequestIds: [...taken] }),
    },
    additions: [
      insertHold({
        id: holdId,
        orderId,
        transporterId,
        vehicleKey: kind.key,
        quantity,
        afterNo: false,
        idempotencyKey: idempotencyKey ?? null,
        expiresAt,
      }),
      acceptOffer({ orderId, transporterId }),
      ...told.additions,
    ],
    timers: [answerTimer(order, expiresAt)],
  };
}
