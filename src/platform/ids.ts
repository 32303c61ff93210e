import { v7 } from 'uuid';

/** The source of ids: UUIDs that begin with the time, so that an index grows only at its end. */
export interface Ids {
  next(): string;
}

export const timeOrderedIds: Ids = { next: () => v7() };
