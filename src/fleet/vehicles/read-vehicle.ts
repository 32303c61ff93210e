import { AppError } from '../../contract/errors.ts';
import type { Postgres } from '../../platform/postgres/postgres.ts';
import { findVehicle } from './vehicle-store.ts';
import { vehicleView } from './vehicle-view.ts';

export interface WhichVehicle {
  readonly vehicleId: string;
  readonly transporterId: string;
}

export async function readVehicle(
  which: WhichVehicle,
  { postgres }: { readonly postgres: Postgres },
) {
  const vehicle = await postgres.run((db) => findVehicle(db, which));
  if (!vehicle) throw new AppError('VEHICLE_NOT_FOUND');
  return vehicleView(vehicle);
}
