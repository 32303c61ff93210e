import type { Postgres } from '../../platform/postgres/postgres.ts';
import { driversOf } from './driver-store.ts';
import { driverView } from './show-driver.ts';

export async function listDrivers(
  transporterId: string,
  { postgres }: { readonly postgres: Postgres },
) {
  const rows = await postgres.run((db) => driversOf(db, transporterId));
  const { total = 0, online = 0, active = 0, available = 0 } = rows[0] ?? {};
  return {
    drivers: rows.map(driverView),
    total,
    online,
    offline: total - online,
    active,
    available,
    cached: false,
  };
}
