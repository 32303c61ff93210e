import type { Clock } from '../../platform/clock.ts';
import type { Postgres } from '../../platform/postgres/postgres.ts';
import { deleteTracks, erasePositionsOfMoves } from './positions-store.ts';

/**
 * Where people were is kept no longer than it is good for. A bill or a dispute is about a trip of the last weeks, and
 * card payments can be contested for about three months, so 90 days after its end nothing of a trip says where it was.
 * As long as a dispute about its order is open, its positions are kept. What is counted from them (the distance, the
 * times, how fast trucks go from cell to cell) names no place of anybody, and stays.
 */
const keptDays = 90;

interface Deps {
  readonly postgres: Pick<Postgres, 'run'>;
  readonly clock: Clock;
}

/** For the reconciler: forgets positions of trips that ended long ago. Answers of how many rows, at most `most`. */
export async function forgetPositions(most: number, { postgres, clock }: Deps): Promise<number> {
  const endedBefore = new Date(clock.now().getTime() - keptDays * 86_400_000);
  const deleted = await postgres.run((db) => deleteTracks(db, endedBefore, most));
  if (deleted === most) return deleted;
  const rest = most - deleted;
  return deleted + (await postgres.run((db) => erasePositionsOfMoves(db, endedBefore, rest)));
}
