import type { Postgres } from '../postgres/postgres.ts';
import { dropParked, parkedEvents, releaseParked } from './relay-store.ts';

interface Deps {
  readonly postgres: Postgres;
}

interface Which {
  readonly eventIds: readonly string[];
}

const mostShown = 100;

/** What waits for an operator, the oldest first; never what it says. */
export async function listParkedEvents({ postgres }: Deps) {
  return { events: await postgres.run((db) => parkedEvents(db, mostShown)) };
}

/** Lets events go again whose queue will have them now. */
export async function releaseParkedEvents({ eventIds }: Which, { postgres }: Deps) {
  return { released: await postgres.run((db) => releaseParked(db, eventIds)) };
}

/** Gives events up that no queue will ever have: whom they were for reads the order itself. */
export async function dropParkedEvents({ eventIds }: Which, { postgres }: Deps) {
  return { dropped: await postgres.run((db) => dropParked(db, eventIds)) };
}
