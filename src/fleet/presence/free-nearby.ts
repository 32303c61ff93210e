import { vehicleKinds } from '../../catalogue/vehicle-kind.ts';
import { estimateRoute } from '../../places/estimate-route.ts';
import type { Position } from '../../places/position.ts';
import { logger } from '../../platform/logs/observability.ts';
import { isRedisAway } from '../../platform/redis/redis-errors.ts';
import type { GeoIndex } from './index/geo-index.ts';
import type { NearCaptain } from './index/geo-nearest.ts';

interface Wanted {
  readonly from: Position;
  /** Keys of the kinds to count. */
  readonly kinds: readonly string[];
}

interface FreeNearbyDeps {
  readonly geo: Pick<GeoIndex, 'nearest'>;
  /** How many trucks of these kinds each of these fleets has free. Orders know, for they hold and assign them. */
  readonly freeTrucksOf: (
    transporterIds: readonly string[],
    kinds: readonly string[],
  ) => Promise<readonly FreeOfFleet[]>;
}

interface FreeOfFleet {
  readonly transporterId: string;
  readonly vehicleKey: string;
  readonly free: number;
}

/** The reach of the first wave of a search. Only a large town has more captains within it. */
const nearby = { radiusKm: 15, count: 500 } as const;

/** For each kind: how many vehicles are free nearby now, and how far away the nearest owner of one is. */
export type FreeNearby = ReadonlyMap<
  string,
  { readonly vehicles: number; readonly nearestMinutes: number }
>;

/** If Redis is away, no vehicle counts as free. */
export async function freeNearby(
  { from, kinds }: Wanted,
  deps: FreeNearbyDeps,
): Promise<FreeNearby> {
  // If every kind is wanted, all captains match, and there is no need to filter.
  const isEvery = kinds.length === vehicleKinds.length;
  const near = await captainsNear(from, isEvery ? undefined : kinds, deps);
  const found = await countFree(near.captains, { from, kinds }, deps);
  const missing = kinds.filter((kind) => !found.has(kind));
  if (!near.areMore || missing.length === 0) return found;
  // The owner of a rare kind may be further out than five hundred others.
  const { captains: others } = await captainsNear(from, missing, deps);
  return new Map([...found, ...(await countFree(others, { from, kinds: missing }, deps))]);
}

/** The captains who are online, nearest first. */
async function captainsNear(
  from: Position,
  kinds: readonly string[] | undefined,
  { geo }: FreeNearbyDeps,
): Promise<{ readonly captains: readonly NearCaptain[]; readonly areMore: boolean }> {
  try {
    const captains = await geo.nearest({ from, ...nearby, ...(kinds && { kinds }) });
    return { captains, areMore: captains.length === nearby.count };
  } catch (error) {
    if (!isRedisAway(error)) throw error;
    logger.warn('Free vehicles could not be counted: Redis is away', { error: String(error) });
    return { captains: [], areMore: false };
  }
}

async function countFree(
  captains: readonly NearCaptain[],
  { from, kinds }: Wanted,
  { freeTrucksOf }: FreeNearbyDeps,
): Promise<FreeNearby> {
  const found = new Map<string, { vehicles: number; nearestMinutes: number }>();
  if (captains.length === 0) return found;
  const ids = captains.map(({ id }) => id);
  const rows = (await freeTrucksOf(ids, kinds)).filter(({ free }) => free > 0);
  const freeOf = Map.groupBy(rows, ({ transporterId }) => transporterId);
  for (const { id, position } of captains) {
    for (const { vehicleKey, free: vehicles } of freeOf.get(id) ?? []) {
      const nearestMinutes = estimateRoute(position, from).durationMinutes;
      const known = found.get(vehicleKey) ?? { vehicles: 0, nearestMinutes };
      found.set(vehicleKey, { ...known, vehicles: known.vehicles + vehicles });
    }
  }
  return found;
}
