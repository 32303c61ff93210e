import { sql, type Database, type Sql } from '../../platform/postgres/postgres.ts';

export interface FreeTrucks {
  readonly transporterId: string;
  readonly vehicleKey: string;
  /** Available vehicles, without those that a hold counts on. */
  readonly free: number;
  /** Vehicles in service: those that are free, held, assigned or on a trip. */
  readonly all: number;
}

/** Vehicles of a fleet and a kind that holds count on. If a hold is named, it is left out. */
export const heldTrucksSql = (
  transporterId: Sql,
  vehicleKey: Sql,
  without: string | null = null,
) => sql`COALESCE((
  SELECT sum(h.quantity) FROM weelo.holds AS h
  WHERE h.transporter_id = ${transporterId} AND h.vehicle_key = ${vehicleKey} AND h.status = 'active'
    AND h.id IS DISTINCT FROM ${without}::uuid
), 0)`;

/**
 * How many trucks of these kinds are free, for each of these fleets, in one statement. A hold and an assignment each
 * count once: an assigned vehicle is not available any more. An offer counts nothing. The geo index may find a
 * suspended owner for a while, but no truck of that fleet is free. `withoutHold`: as if this hold had ended.
 */
export function freeTrucksOf(
  db: Database,
  transporterIds: readonly string[],
  kinds: readonly string[],
  withoutHold: string | null = null,
): Promise<readonly FreeTrucks[]> {
  return db.$queryRaw<FreeTrucks[]>(sql`
    SELECT v.transporter_id AS "transporterId", v.vehicle_key AS "vehicleKey", v.vehicles AS all,
           GREATEST(0, v.available - ${heldTrucksSql(sql`v.transporter_id`, sql`v.vehicle_key`, withoutHold)})::int AS free
    FROM (
      SELECT v.transporter_id, v.vehicle_key, count(*)::int AS vehicles,
             (count(*) FILTER (WHERE v.status = 'available'))::int AS available
      FROM weelo.vehicles AS v JOIN weelo.users AS owner ON owner.id = v.transporter_id
      WHERE v.transporter_id = ANY (${[...transporterIds]}::uuid[]) AND v.vehicle_key = ANY (${[...kinds]}::text[])
        AND v.status IN ('available', 'on_hold', 'in_transit') AND owner.suspended_at IS NULL
      GROUP BY v.transporter_id, v.vehicle_key
    ) AS v
  `);
}

/** The free trucks of each fleet, by kind. */
export class FreeOfFleets {
  readonly #found: ReadonlyMap<string, ReadonlyMap<string, FreeTrucks>>;

  constructor(found: readonly FreeTrucks[]) {
    const byFleet = Map.groupBy(found, ({ transporterId }) => transporterId);
    this.#found = new Map(
      [...byFleet].map(([id, theirs]) => [
        id,
        new Map(theirs.map((each) => [each.vehicleKey, each])),
      ]),
    );
  }

  /** The same, when so many of a fleet's vehicles are assigned. */
  less(transporterId: string, vehicleKey: string, trucks: number): FreeOfFleets {
    if (trucks === 0) return this;
    const all = [...this.#found.values()].flatMap((theirs) => [...theirs.values()]);
    const isThat = (each: FreeTrucks) =>
      each.transporterId === transporterId && each.vehicleKey === vehicleKey;
    return new FreeOfFleets(
      all.map((each) => (isThat(each) ? { ...each, free: Math.max(0, each.free - trucks) } : each)),
    );
  }

  of(transporterId: string, vehicleKey: string): Pick<FreeTrucks, 'free' | 'all'> {
    return this.#found.get(transporterId)?.get(vehicleKey) ?? { free: 0, all: 0 };
  }
}
