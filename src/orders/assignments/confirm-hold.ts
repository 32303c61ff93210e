import { AppError } from '../../contract/errors.ts';
import type { Database } from '../../platform/postgres/postgres.ts';
import type { Change } from '../changing/change.ts';
import { changeOrder, type Decided } from '../changing/change-order.ts';
import { freeOfOffers } from '../holds/free-of-offers.ts';
import { endHolds } from '../holds/hold-statements.ts';
import { holdOf, ofHold, type HoldRow } from '../holds/holds-store.ts';
import { freeChanged } from '../offers/offer-messages.ts';
import { tellOffersAgain } from '../telling/tell-offers.ts';
import { lockOrderFor, type LiveHold, type OrderInHand } from '../order/locked-order.ts';
import { afterGivingBack } from '../order/order.ts';
import type { OrderDeps } from '../order/order-deps.ts';
import { findCrews, type Pair } from './crew.ts';
import { trucksAssigned } from './trucks-assigned.ts';

interface Input {
  readonly holdId: string;
  readonly transporterId: string;
  readonly assignments: readonly Pair[];
}

/**
 * Puts vehicles and drivers on held trucks: on all that are listed, or on none. Held trucks that are not listed are
 * given back. If a pair is refused, the hold stays.
 */
export async function confirmHold(input: Input, deps: OrderDeps) {
  const { holdId, transporterId } = input;
  const outcome = await changeOrder(
    (db) => lockOrderFor(db, transporterId, ofHold(input)),
    async (order, db): Promise<Decided<readonly string[]>> => {
      const hold = order.holds.find(({ id }) => id === holdId);
      if (hold) return confirm(order, hold, input, { db, deps });
      return { answer: replayOf(await holdOf(db, holdId), input) };
    },
    deps,
  );
  if (!outcome) throw new AppError('HOLD_NOT_FOUND');
  return { assignmentIds: [...outcome.answer], tripIds: [...outcome.answer] };
}

async function confirm(
  order: OrderInHand,
  hold: LiveHold,
  { assignments: pairs }: Input,
  { db, deps }: { readonly db: Database; readonly deps: OrderDeps },
): Promise<Decided<readonly string[]>> {
  const { id: holdId, transporterId, vehicleKey, quantity } = hold;
  const held = order.trucks.filter((truck) => truck.holdId === holdId);
  const crews = await findCrews(pairs, { transporterId, vehicleKey, trucks: quantity }, db);
  const rest = new Set(held.slice(crews.length).map(({ id }) => id));
  const backTo = afterGivingBack(order.search_closed_at === null);
  const becomes: Change['happening']['becomes'] = ({ id, status }) =>
    rest.has(id) ? backTo : status;
  const next = {
    ...order,
    trucks: order.trucks.map((truck) => ({ ...truck, status: becomes(truck) })),
    holds: order.holds.filter(({ id }) => id !== holdId),
  };
  const toldAgain = async () =>
    tellOffersAgain(next, order.offers, await freeOfOffers(order, hold, db, crews.length));
  const { assignments, change } = trucksAssigned(
    order,
    {
      holdId,
      transporterId,
      hold: endHolds([hold], 'confirmed'),
      trucks: held.slice(0, crews.length),
      crews,
      becomes,
      // Nothing changes for the others, unless trucks are given back.
      offers: rest.size > 0 ? await toldAgain() : { tells: () => [], additions: [] },
      asksDispatch: rest.size > 0 ? [freeChanged(transporterId, vehicleKey)] : [],
    },
    deps.ids,
  );
  return { change, answer: assignments.map(({ id }) => id) };
}

/** The answer to an earlier try was lost: it is given again. */
function replayOf({ status, assignments }: HoldRow, { assignments: pairs }: Input) {
  if (status !== 'confirmed') throw new AppError('HOLD_EXPIRED');
  const isSame =
    pairs.length === assignments.length &&
    pairs.every((pair) =>
      assignments.some(
        (each) => each.vehicleId === pair.vehicleId && each.driverId === pair.driverId,
      ),
    );
  if (!isSame) throw new AppError('TRUCK_STATE_CHANGED');
  return assignments.map(({ id }) => id);
}
