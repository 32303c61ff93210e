import type { Postgres } from '../../platform/postgres/postgres.ts';
import { askedDriver, type Asking } from './asked-driver.ts';
import { completionRate, figuresOf } from './figures.ts';
import { recordOf } from './records-store.ts';

/** How well a driver drives, over all fleets in which the driver was. */
export async function showPerformance(asking: Asking, deps: { readonly postgres: Postgres }) {
  const { driverId } = await askedDriver(asking, deps);
  const record = await deps.postgres.run((db) => recordOf(db, driverId));
  return { ...figuresOf(record), completionRate: completionRate(record) };
}
