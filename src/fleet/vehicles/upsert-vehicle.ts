import { namedKind, namedType } from '../../catalogue/named-vehicle.ts';
import { AppError } from '../../contract/errors.ts';
import { vehicleStatuses, type VehicleToRegister } from '../../contract/http/fleet/vehicles.ts';
import type { Ids } from '../../platform/ids.ts';
import type { Postgres } from '../../platform/postgres/postgres.ts';
import { forgetKinds, type ForgetKindsDeps } from '../presence/forget-kinds.ts';
import { tellFreeChanged, type TellFreeDeps } from '../presence/tell-free-changed.ts';
import { ownersWaysTo } from './vehicle-status.ts';
import {
  findNumber,
  writeVehicle,
  type VehicleChange,
  type VehicleToWrite,
  type WrittenVehicle,
} from './vehicle-store.ts';
import { vehicleView } from './vehicle-view.ts';

interface Input extends VehicleToRegister {
  readonly transporterId: string;
}

interface Deps extends ForgetKindsDeps, TellFreeDeps {
  readonly postgres: Postgres;
  readonly ids: Ids;
}

/** Registers a vehicle, or changes it. Doing it twice has the same effect as once. */
export async function upsertVehicle(input: Input, deps: Deps) {
  const { transporterId, vehicleNumber: number, status } = input;
  const kind = namedKind(namedType(input.vehicleType), input.vehicleSubtype);
  const vehicle = await write(
    {
      newId: deps.ids.next(),
      transporterId,
      number,
      key: kind.key,
      type: kind.type.id,
      subtype: kind.captainName,
      usualCapacity: `${kind.maxTonnes} Ton`,
      change: changeIn(input),
      from: status === undefined ? vehicleStatuses : ownersWaysTo(status),
    },
    deps,
  );
  await Promise.all([forgetKinds(transporterId, deps), tellFreeChanged(transporterId, deps)]);
  return { vehicle: vehicleView(vehicle), isNew: vehicle.is_new };
}

/** If the number becomes free between the write and the look at it, the write is tried again. */
const mostTries = 3;

async function write(
  vehicle: VehicleToWrite,
  { postgres }: Pick<Deps, 'postgres'>,
): Promise<WrittenVehicle> {
  for (let tries = 1; tries <= mostTries; tries += 1) {
    const written = await postgres.run((db) => writeVehicle(db, vehicle));
    if (written) return written;
    const taken = await postgres.run((db) => findNumber(db, vehicle));
    if (taken && !taken.isOwn) throw new AppError('VEHICLE_EXISTS');
    if (taken && taken.key !== vehicle.key) throw new AppError('VEHICLE_EXISTS_SAME_OWNER');
    if (taken) throw new AppError('VEHICLE_IN_USE');
  }
  throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs: 1000 });
}

function changeIn(input: VehicleToRegister): VehicleChange {
  const { capacity, model, make, year, status } = input;
  return {
    capacity,
    model,
    make,
    year,
    status,
    body_type: input.bodyType,
    fuel_type: input.fuelType,
    maintenance_reason: input.maintenanceReason,
    maintenance_end_date: input.maintenanceEndDate,
    rc_number: input.rcNumber,
    rc_expiry: input.rcExpiry,
    insurance_number: input.insuranceNumber,
    insurance_expiry: input.insuranceExpiry,
    permit_number: input.permitNumber,
    permit_expiry: input.permitExpiry,
    fitness_expiry: input.fitnessExpiry,
  };
}
