import type { Position } from '../../src/places/position.ts';

/** What the people of the city see, together: `/_dev/city`, and the map. */
export interface CityView {
  readonly city: string;
  readonly name: string;
  readonly seed: number;
  readonly middle: Position;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly now: string;
  /** How many captains are online, of all. */
  readonly online: number;
  readonly captains: readonly CaptainView[];
  readonly trucks: readonly TruckView[];
  readonly orders: readonly OrderSeen[];
  readonly counts: Counts;
  /** Requests of the city's people that failed, the newest last: an empty list is as it should be. */
  readonly problems: readonly { readonly at: string; readonly what: string }[];
}

export interface CaptainView extends Position {
  readonly id: number;
  readonly name: string;
  readonly trucks: number;
  readonly state: 'asleep' | 'waiting' | 'silent';
}

export type TruckState =
  | 'free'
  | 'asked'
  | 'accepted'
  | 'to pickup'
  | 'loading'
  | 'to drop'
  | 'unloading'
  | 'homeward';

export interface TruckView extends Position {
  readonly number: string;
  readonly captain: number;
  readonly kind: string;
  readonly driver: string;
  readonly state: TruckState;
  /** The order that it drives for. */
  readonly orderId: string | undefined;
  /** Whether its phone has no network now. */
  readonly silent: boolean;
}

export type OfferState = 'offered' | 'declined' | 'held' | 'given back' | 'confirmed' | 'closed';

export interface OfferSeen {
  readonly captain: number;
  /** From the captain to the pickup. */
  readonly km: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Counted by what its captains saw: from 1. */
  readonly wave: number;
  readonly state: OfferState;
}

export interface OrderSeen {
  readonly id: string;
  /** Masked, as captains see it. */
  readonly customer: string;
  readonly meaning: string | undefined;
  readonly pickup: Position & { readonly address: string };
  readonly drop: Position & { readonly address: string };
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly needed: number;
  readonly assigned: number;
  readonly delivered: number;
  readonly state: 'searching' | 'on the road' | 'delivered' | 'not found' | 'cancelled';
  readonly endedAt: string | undefined;
  readonly offers: readonly OfferSeen[];
  readonly trucks: readonly string[];
}

export interface Counts {
  readonly orders: number;
  readonly offers: number;
  readonly declined: number;
  readonly holds: number;
  readonly assigned: number;
  readonly dropped: number;
  readonly delivered: number;
  readonly notFound: number;
  readonly cancelled: number;
}
