import type { GeoIndex } from '../fleet/presence/index/geo-index.ts';
import { FreeOfFleets } from '../orders/holds/free-trucks.ts';
import { limitedUntil } from '../orders/holds/limited.ts';
import type { OrderDeps } from '../orders/order/order-deps.ts';
import { candidatesOf, type CandidateRow } from './candidates-store.ts';
import {
  chooseTransporters,
  isFull,
  lookedAtOnce,
  mostLooks,
  usualRules,
  type Candidate,
  type ChoosingRules,
} from './choose-transporters.ts';
import type { SearchToWiden } from './search-store.ts';

export interface DispatchDeps extends OrderDeps {
  readonly geo: Pick<GeoIndex, 'nearest'>;
  /** Whom a wave prefers. Default: the nearest. */
  readonly rules?: ChoosingRules;
}

/** The transporters who are near, the nearest first, and their free trucks. */
export interface Found {
  readonly candidates: readonly Candidate[];
  readonly free: FreeOfFleets;
}

/**
 * Who is near, and what is known of them. Some have nothing free, or enough offers: the search goes outwards until the
 * wave is full, or nobody else is within the radius.
 */
export async function findCandidates(
  search: SearchToWiden,
  radiusKm: number,
  { geo, postgres, clock, rules = usualRules }: DispatchDeps,
): Promise<Found> {
  const { orderId, pickup: from, searching, asked } = search;
  const kinds = Object.keys(searching);
  const candidates: Candidate[] = [];
  const rows: CandidateRow[] = [];
  const seen = new Set(asked);
  for (let looks = 0; looks < mostLooks && kinds.length > 0; looks += 1) {
    const near = await geo.nearest({ from, radiusKm, count: lookedAtOnce, kinds, exclude: seen });
    if (near.length === 0) break;
    const ids = near.map(({ id }) => id);
    const known = await postgres.run((db) => candidatesOf(db, { orderId, ids, kinds }));
    const byId = new Map(known.map((row) => [row.id, row]));
    rows.push(...known);
    for (const { id, distanceKm } of near) {
      const row = byId.get(id);
      if (row) candidates.push(candidateOf(row, distanceKm, clock.now()));
      seen.add(id);
    }
    const choices = chooseTransporters(candidates, { searching, radiusKm }, rules);
    if (isFull(choices) || near.length < lookedAtOnce) break;
  }
  return { candidates, free: new FreeOfFleets(rows.flatMap(freeOf)) };
}

function candidateOf(row: CandidateRow, distanceKm: number, now: Date): Candidate {
  const { offered, accepted, declined, lapsedAt, allTrucks: _, ...known } = row;
  const lapses = lapsedAt.map((at) => new Date(at));
  return {
    ...known,
    distanceKm,
    wasAsked: false,
    isLimited: limitedUntil(lapses, now) !== undefined,
    lately: { offered, accepted, declined },
  };
}

function freeOf({ id, freeTrucks, allTrucks }: CandidateRow) {
  return Object.entries(allTrucks).map(([vehicleKey, all]) => ({
    transporterId: id,
    vehicleKey,
    all,
    free: freeTrucks[vehicleKey] ?? 0,
  }));
}
