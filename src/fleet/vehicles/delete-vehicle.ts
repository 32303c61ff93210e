import { AppError } from '../../contract/errors.ts';
import type { Postgres } from '../../platform/postgres/postgres.ts';
import { forgetKinds, type ForgetKindsDeps } from '../presence/forget-kinds.ts';
import { tellFreeChanged, type TellFreeDeps } from '../presence/tell-free-changed.ts';
import { readVehicle, type WhichVehicle } from './read-vehicle.ts';
import { ownersToChange } from './vehicle-status.ts';
import { removeVehicle } from './vehicle-store.ts';

interface Deps extends ForgetKindsDeps, TellFreeDeps {
  readonly postgres: Postgres;
}

/** Takes a vehicle out of its fleet, unless an order or a trip needs it. */
export async function deleteVehicle(which: WhichVehicle, deps: Deps) {
  const removed = await deps.postgres.run((db) => removeVehicle(db, which, ownersToChange));
  if (!removed) {
    await readVehicle(which, deps);
    throw new AppError('VEHICLE_IN_USE');
  }
  const { transporterId } = which;
  await Promise.all([forgetKinds(transporterId, deps), tellFreeChanged(transporterId, deps)]);
  return { message: 'The vehicle was removed.' };
}
