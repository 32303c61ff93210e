import type { Postgres } from '../postgres/postgres.ts';
import {
  countUnsent,
  dropParked,
  parkedEvents,
  releaseParked,
  type Unsent,
} from './relay-store.ts';

interface Deps {
  readonly postgres: Postgres;
}

interface Which {
  readonly eventIds: readonly string[];
}

const mostShown = 100;

/** How many events wait, for how long, and how many are parked. */
export function showOutbox({ postgres }: Deps): Promise<Unsent> {
  return postgres.run(countUnsent);
}

/** The parked events, oldest first, without their content. */
export async function listParkedEvents({ postgres }: Deps) {
  return { events: await postgres.run((db) => parkedEvents(db, mostShown)) };
}

/** Releases parked events that their queue will take now. */
export async function releaseParkedEvents({ eventIds }: Which, { postgres }: Deps) {
  return { released: await postgres.run((db) => releaseParked(db, eventIds)) };
}

/** Drops parked events that no queue will ever take. Their receivers can still read the order. */
export async function dropParkedEvents({ eventIds }: Which, { postgres }: Deps) {
  return { dropped: await postgres.run((db) => dropParked(db, eventIds)) };
}
