import type * as z from 'zod';
import type { FleetDriver } from '../../contract/http/fleet/drivers.ts';
import { nameOf } from '../../identity/login/find-login-driver.ts';
import type { Postgres } from '../../platform/postgres/postgres.ts';
import { driversOf, type FleetDriverRow } from './driver-store.ts';

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

function driverView(row: FleetDriverRow): z.input<typeof FleetDriver> {
  const isOnTrip = row.trip_id !== null;
  return {
    ...noneYet,
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

/** There are no positions and ratings yet: src/trips will bring them. */
const noneYet = {
  licenseExpiry: null,
  lastLocation: null,
  rating: null,
  totalTrips: 0,
};
