import { AppError } from '../../contract/errors.ts';
import type { Database } from '../../platform/postgres/postgres.ts';
import {
  lockDrivers,
  lockVehicles,
  type DriverToAssign,
  type VehicleToAssign,
} from './crew-store.ts';

/** Which vehicle and which driver a transporter puts on a truck of an order. */
export interface Pair {
  readonly vehicleId: string;
  readonly driverId: string;
}

export interface Crew {
  readonly vehicle: VehicleToAssign;
  readonly driver: DriverToAssign;
}

type Failure =
  | 'MORE_THAN_HELD'
  | 'VEHICLE_NOT_IN_FLEET'
  | 'VEHICLE_NOT_AVAILABLE'
  | 'VEHICLE_OF_ANOTHER_KIND'
  | 'VEHICLE_LISTED_TWICE'
  | 'DRIVER_NOT_IN_FLEET'
  | 'DRIVER_BUSY'
  | 'DRIVER_OFFLINE'
  | 'DRIVER_LISTED_TWICE';

interface Wanted {
  readonly transporterId: string;
  readonly vehicleKey: string;
  /** How many trucks there are to put them on. */
  readonly trucks: number;
}

/** Finds the vehicles and drivers of all pairs, or refuses with what is wrong with each pair. */
export async function findCrews(
  pairs: readonly Pair[],
  { transporterId, vehicleKey, trucks }: Wanted,
  db: Database,
): Promise<readonly Crew[]> {
  const vehicleIds = pairs.map(({ vehicleId }) => vehicleId);
  const driverIds = pairs.map(({ driverId }) => driverId);
  const drivers = await lockDrivers(db, transporterId, driverIds);
  const vehicles = await lockVehicles(db, transporterId, vehicleIds);
  const checked = pairs.map((pair, i) => {
    const vehicle = vehicles.find(({ id }) => id === pair.vehicleId);
    const driver = drivers.find(({ id }) => id === pair.driverId);
    if (i >= trucks) return failed(pair, 'MORE_THAN_HELD');
    if (!vehicle) return failed(pair, 'VEHICLE_NOT_IN_FLEET');
    if (vehicleIds.indexOf(vehicle.id) < i) return failed(pair, 'VEHICLE_LISTED_TWICE');
    if (vehicle.vehicleKey !== vehicleKey) return failed(pair, 'VEHICLE_OF_ANOTHER_KIND');
    if (!vehicle.isAvailable) return failed(pair, 'VEHICLE_NOT_AVAILABLE');
    if (!driver) return failed(pair, 'DRIVER_NOT_IN_FLEET');
    if (driverIds.indexOf(driver.id) < i) return failed(pair, 'DRIVER_LISTED_TWICE');
    if (driver.isBusy) return failed(pair, 'DRIVER_BUSY');
    if (!driver.isOnline) return failed(pair, 'DRIVER_OFFLINE');
    return { vehicle, driver };
  });
  const failedAssignments = checked.flatMap((each) => ('reason' in each ? each : []));
  if (failedAssignments.length > 0) {
    throw new AppError('CONFIRM_FAILED', { data: { failedAssignments } });
  }
  return checked.flatMap((each) => ('vehicle' in each ? each : []));
}

function failed({ vehicleId, driverId }: Pair, reason: Failure) {
  return { vehicleId, driverId, reason };
}
