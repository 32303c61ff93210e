/** The source of time for code that is not SQL. Deadlines use the database's clock, not this one. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
