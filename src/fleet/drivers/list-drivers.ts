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
  const { total = 0, online = 0, active = 0 } = rows[0] ?? {};
  return {
    drivers: rows.map(driverView),
    total,
    online,
    offline: total - online,
    active,
    available: online,
    cached: false,
  };
}

function driverView(row: FleetDriverRow): z.input<typeof FleetDriver> {
  const online = row.is_online ? 'available' : 'offline';
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
    isAvailable: row.is_online,
    status: row.suspended_at ? 'suspended' : online,
    assignedVehicleId: row.vehicle_id,
    assignedVehicleNumber: row.vehicle_number,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** There are no trips, positions and ratings yet: src/trips will bring them. */
const noneYet = {
  licenseExpiry: null,
  isOnTrip: false,
  currentTripId: null,
  lastLocation: null,
  rating: null,
  totalTrips: 0,
};
