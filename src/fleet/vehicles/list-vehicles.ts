import type { Postgres } from '../../platform/postgres/postgres.ts';
import { vehiclesOf } from './vehicle-store.ts';
import { vehicleView } from './vehicle-view.ts';

export async function listVehicles(
  transporterId: string,
  { postgres }: { readonly postgres: Postgres },
) {
  const rows = await postgres.run((db) => vehiclesOf(db, transporterId));
  const { total = 0, in_status: count = {} } = rows[0] ?? {};
  return {
    vehicles: rows.map(vehicleView),
    total,
    available: count.available ?? 0,
    onHold: count.on_hold ?? 0,
    inTransit: count.in_transit ?? 0,
    maintenance: count.maintenance ?? 0,
  };
}
