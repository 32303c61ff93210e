import * as z from 'zod';

/*
 * The values that the apps' parser takes. It fails on a fraction where a whole number belongs, and on a text that is
 * null where the app uses it.
 */

/** Kotlin's `Int`: whole, and of 32 bits. Money, kilometres, minutes and counts are whole for every client. */
export const Int = z.int32();
export const Count = Int.nonnegative();
/** An instant in milliseconds since 1970: in seconds, it would be in January 1970. */
export const Millis = z.int().min(1_500_000_000_000).max(4_000_000_000_000);
export const text = z.string().min(1);
/** A word of a list, as the apps compare it. */
export const word = z.string().regex(/^[a-z]+(_[a-z]+)*$/);
/** The customer app parses no other spelling. */
export const Instant = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
/** A field that the app can do without is there all the same. */
export const maybe = <S extends z.ZodType>(schema: S) => schema.nullable();

export const Position = z.object({ latitude: z.number(), longitude: z.number() });
/** The customer app reads `coordinates`, the Captain app what stands beside it, under one of two spellings. */
export const Place = Position.extend({
  lat: z.number(),
  lng: z.number(),
  coordinates: Position,
  address: text,
  city: maybe(text),
  state: maybe(text),
});

/** The words for how an order stands, and how a trip does. */
export const OrderWord = z.enum([
  'broadcasting',
  'partially_filled',
  'fully_filled',
  'in_progress',
  'completed',
  'cancelled',
  'expired',
]);
export const TripWord = z.enum([
  'pending',
  'driver_accepted',
  'en_route_pickup',
  'at_pickup',
  'loading_complete',
  'in_transit',
  'arrived_at_drop',
  'completed',
  'driver_declined',
  'timed_out',
  'cancelled',
]);

/** Answers of which the apps only read that it was done, and what they show of it. */
export const Done = z.object({ message: text });
export const Anything = z.object({});
