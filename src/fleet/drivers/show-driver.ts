import type * as z from 'zod';
import { AppError } from '../../contract/errors.ts';
import type { FleetDriver } from '../../contract/http/fleet/drivers.ts';
import { nameOf } from '../../identity/login/find-login-driver.ts';
import type { Postgres } from '../../platform/postgres/postgres.ts';
import { averageRating } from './average-rating.ts';
import { findDriver, isInFleet, type FleetDriverRow } from './driver-store.ts';

interface Deps {
  readonly postgres: Postgres;
}

/** A driver, for the driver. Who has left the fleet was logged out with that. */
export async function showDriver(driverId: string, { postgres }: Deps) {
  const row = await postgres.run((db) => findDriver(db, driverId));
  if (!row) throw new AppError('UNAUTHORIZED');
  return driverView(row);
}

/** P12: refuses if a driver is not in a fleet. */
export async function checkIsInFleet(
  which: { readonly driverId: string; readonly transporterId: string },
  { postgres }: Deps,
): Promise<void> {
  if (!(await postgres.run((db) => isInFleet(db, which)))) throw new AppError('DRIVER_NOT_FOUND');
}

export function driverView(row: FleetDriverRow): z.input<typeof FleetDriver> {
  const isOnTrip = row.trip_id !== null;
  return {
    ...unknown,
    id: row.id,
    transporterId: row.transporter_id,
    phone: row.phone,
    name: nameOf(row),
    email: row.email,
    profilePhotoUrl: row.profile_photo,
    licenseNumber: row.license_number,
    isOnline: row.is_online,
    isAvailable: row.is_online && !isOnTrip,
    isOnTrip,
    currentTripId: row.trip_id,
    status: statusOf(row),
    assignedVehicleId: row.vehicle_id,
    assignedVehicleNumber: row.vehicle_number,
    rating: averageRating({ ratingSum: row.rating_sum, ratings: row.ratings }),
    totalTrips: row.trips,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** In the words of the Captain app. */
function statusOf({
  suspended_at: suspendedAt,
  trip_id: tripId,
  is_online: isOnline,
}: FleetDriverRow) {
  if (suspendedAt) return 'suspended';
  if (tripId !== null) return 'on_trip';
  return isOnline ? 'available' : 'offline';
}

/** Positions belong to trips: where a driver is without one, nobody knows. */
const unknown = { licenseExpiry: null, lastLocation: null };
