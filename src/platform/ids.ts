import { v7 } from 'uuid';

/** Where ids come from: UUIDs that begin with the time, so that an index grows at its end. */
export interface Ids {
  next(): string;
}

export const timeOrderedIds: Ids = { next: () => v7() };
