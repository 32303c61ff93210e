/** Where time comes from in code that is not SQL. Deadlines are the database's, not this clock's. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
