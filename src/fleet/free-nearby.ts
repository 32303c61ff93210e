import { estimateRoute } from '../places/estimate-route.ts';
import type { Position } from '../places/position.ts';
import { logger } from '../platform/observability.ts';
import type { Postgres } from '../platform/postgres.ts';
import type { GeoIndex } from './geo-index.ts';
import { freeVehiclesOf } from './vehicle-store.ts';

interface FreeNearbyDeps {
  readonly geo: Pick<GeoIndex, 'nearest'>;
  readonly postgres: Postgres;
}

/** As far as the first wave of a search asks, and enough captains to say "many". */
const nearby = { radiusKm: 15, count: 100 } as const;

/** Per kind: how many vehicles are free nearby, now, and how far away the nearest one's owner is. */
export type FreeNearby = ReadonlyMap<
  string,
  { readonly vehicles: number; readonly nearestMinutes: number }
>;

/** Where nobody can be asked, nobody is known to be free. */
export async function freeNearby(
  from: Position,
  { geo, postgres }: FreeNearbyDeps,
): Promise<FreeNearby> {
  try {
    const captains = await geo.nearest({ from, ...nearby });
    if (captains.length === 0) return new Map();
    const ids = captains.map(({ id }) => id);
    const free = await postgres.run((db) => freeVehiclesOf(db, ids));
    const found = new Map<string, { vehicles: number; nearestMinutes: number }>();
    // The nearest captains come first.
    for (const { id, position } of captains) {
      for (const { vehicleKey, vehicles } of free.filter((each) => each.transporterId === id)) {
        const nearestMinutes = estimateRoute(position, from).durationMinutes;
        const known = found.get(vehicleKey) ?? { vehicles: 0, nearestMinutes };
        found.set(vehicleKey, { ...known, vehicles: known.vehicles + vehicles });
      }
    }
    return found;
  } catch (error) {
    logger.warn('Nobody could be asked who is free', { error });
    return new Map();
  }
}
