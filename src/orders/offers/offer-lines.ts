import type { TruckRow } from '../order/order-row.ts';
import type { FreeOfFleets } from '../holds/free-trucks.ts';

/** The trucks of one kind of an order, as one transporter can serve them. */
export interface OfferLine {
  readonly vehicleKey: string;
  readonly trucks: readonly TruckRow[];
  /** How many of the trucks can still be taken. */
  readonly searching: number;
  readonly filled: number;
  /** How many trucks of the kind the transporter has free, and has in service. */
  readonly free: number;
  readonly all: number;
}

interface OfOffers {
  readonly trucks: readonly TruckRow[];
  readonly holds: readonly { readonly transporterId: string; readonly vehicleKey: string }[];
}

/**
 * What an order offers a transporter: a line for each kind of which a truck is open, and the transporter has one free;
 * and for each kind that the transporter holds. An offer without a line is not live. It is worked out when it is asked
 * for, and not stored: so it is never older than the trucks.
 */
export function offerLines(
  { trucks, holds }: OfOffers,
  transporterId: string,
  free: FreeOfFleets,
): readonly OfferLine[] {
  const held = new Set(
    holds.flatMap((hold) => (hold.transporterId === transporterId ? hold.vehicleKey : [])),
  );
  return [...Map.groupBy(trucks, ({ vehicleKey }) => vehicleKey)].flatMap(
    ([vehicleKey, theirs]) => {
      const count = (...statuses: readonly string[]) =>
        theirs.filter(({ status }) => statuses.includes(status)).length;
      const line = {
        vehicleKey,
        trucks: theirs,
        searching: count('searching'),
        filled: count('assigned', 'in_progress', 'completed'),
        ...free.of(transporterId, vehicleKey),
      };
      return held.has(vehicleKey) || canServe(line) ? [line] : [];
    },
  );
}

/** Whether a transporter who holds nothing of a kind sees a line of it. */
export function canServe({ searching, free }: Pick<OfferLine, 'searching' | 'free'>): boolean {
  return searching > 0 && free > 0;
}
