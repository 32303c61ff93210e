import type { OrderStatus, TruckStatus } from '../../contract/http/orders/views.ts';
import { statusOf, type SearchReason } from './order.ts';

/** The fields of a locked order that a transition depends on. */
export interface LockedOrder {
  readonly id: string;
  readonly customer_id: string;
  readonly status: OrderStatus;
  readonly needed: number;
  readonly event_version: number;
  readonly search_closed_at: Date | null;
  readonly wave: number;
  readonly online_candidates: number;
  readonly notified_transporters: number;
  readonly trucks: readonly LockedTruck[];
  /** The live offers: their transporters can take trucks. */
  readonly offers: readonly {
    readonly transporterId: string;
    readonly holds: boolean;
    readonly drives: boolean;
  }[];
}

interface Truck {
  readonly id: string;
  readonly status: TruckStatus;
  /** Set while the truck is held. */
  readonly holdId: string | null;
}

interface LockedTruck extends Truck {
  /** Whose vehicle is on it, or was when its trip was completed. */
  readonly assigned: { readonly transporterId: string } | null;
}

/** What happens to the trucks and the search of an order. */
export interface WhatHappens {
  /** The new status of a truck. A truck that this does not concern keeps its status. */
  readonly becomes: (truck: Truck) => TruckStatus;
  /** The hold that takes the trucks which become held. Default: none becomes held. */
  readonly holdId?: string;
  /** Whether this ends the search, even if trucks are missing. A closed search stays closed. Default: no. */
  readonly closesSearch?: boolean;
  /** Whether the customer cancels the order. Default: no. */
  readonly cancels?: boolean;
  /** How far the search has come. Default: as far as before. */
  readonly search?: SearchFigures;
}

interface SearchFigures {
  readonly wave: number;
  readonly onlineCandidates: number;
  readonly notifiedTransporters: number;
}

/** An order right after something happened to it. */
export interface Changed extends SearchFigures {
  readonly orderId: string;
  readonly customerId: string;
  readonly status: OrderStatus;
  readonly eventVersion: number;
  readonly needed: number;
  readonly claimed: number;
  readonly filled: number;
  /** Trucks that are neither held nor assigned, and can still be taken. */
  readonly searching: number;
  /** Whether the search was open before this, and is closed now. */
  readonly closesSearch: boolean;
  readonly reasonCode: SearchReason | null;
  /** The transporters who had a live offer until now. If this closes the search, they have none any more. */
  readonly offeredTo: readonly string[];
  /** Those of them who have no part in the order; and those who hold nothing, but have trucks of their own on it. */
  readonly waiting: readonly string[];
  readonly driving: readonly string[];
  /** Only the trucks that changed, as they are now. */
  readonly trucks: readonly Truck[];
  /** ISO 8601. */
  readonly at: string;
}

/** What becomes of an order. It takes no ids and no IO, so a simulator can ask it as often as it likes. */
export function changeOf(
  order: LockedOrder,
  { becomes, holdId, closesSearch = false, cancels: cancelled = false, search }: WhatHappens,
  at: Date,
): Changed {
  const { needed } = order;
  const trucks = order.trucks.map((truck) => {
    const status = becomes(truck);
    return {
      id: truck.id,
      status,
      holdId: status === 'held' ? (truck.holdId ?? holdId ?? null) : null,
    };
  });
  const states = trucks.map(({ status }) => status);
  const filled = states.filter(isFilled).length;
  const claimed = filled + states.filter((state) => state === 'held').length;
  const wasOpen = order.search_closed_at === null;
  const searchOpen = wasOpen && !closesSearch && filled < needed;
  const status = statusOf({ searchOpen, cancelled, needed, claimed, filled, trucks: states });
  const figures = search ?? {
    wave: order.wave,
    onlineCandidates: order.online_candidates,
    notifiedTransporters: order.notified_transporters,
  };
  return {
    ...figures,
    orderId: order.id,
    customerId: order.customer_id,
    status,
    eventVersion: order.event_version + 1,
    needed,
    claimed,
    filled,
    searching: states.filter((state) => state === 'searching').length,
    closesSearch: wasOpen && !searchOpen,
    reasonCode: status === 'expired' ? reasonOf(figures) : null,
    offeredTo: idsOf(order, () => true),
    waiting: idsOf(order, ({ holds, drives }) => !holds && !drives),
    driving: idsOf(order, ({ holds, drives }) => !holds && drives),
    trucks: trucks.filter((truck, i) => truck.status !== order.trucks[i]?.status),
    at: at.toISOString(),
  };
}

function idsOf(
  { offers }: LockedOrder,
  which: (offer: LockedOrder['offers'][number]) => boolean,
): readonly string[] {
  return offers.filter(which).map(({ transporterId }) => transporterId);
}

/** Why an order found no truck. If all who were online had nothing free, nobody has accepted either. */
function reasonOf({ onlineCandidates }: SearchFigures): SearchReason {
  return onlineCandidates > 0 ? 'NO_TRANSPORTER_ACCEPTANCE' : 'NO_ONLINE_TRANSPORTERS';
}

function isFilled(truck: TruckStatus): boolean {
  return truck === 'assigned' || truck === 'in_progress' || truck === 'completed';
}
