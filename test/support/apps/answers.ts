/*
 * What the two apps need in the answers of their main flow, by the tables B1 to B12 of what was observed in them, and
 * not by our contract. A field that they dereference is no null; a number that their parser takes as a whole one has no
 * fraction; a field that they can do without is there all the same.
 */
export * from './answers/accounts.ts';
export * from './answers/bookings.ts';
export * from './answers/fleet.ts';
export * from './answers/offers.ts';
export * from './answers/orders.ts';
export * from './answers/trips.ts';
export { Anything, Done, Instant } from './answers/values.ts';
