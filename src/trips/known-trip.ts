import type { KnownTrip as TripOfOrder } from '../orders/reading/known-trips.ts';

/** What tracking must know of a trip: who takes part in it, where it goes, and how far it has come. */
export type KnownTrip = Omit<TripOfOrder, 'stops'>;

export type TripOf = (tripId: string) => Promise<KnownTrip | undefined>;
