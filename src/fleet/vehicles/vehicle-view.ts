import type * as z from 'zod';
import type { Vehicle } from '../../contract/http/fleet/vehicles.ts';
import type { VehicleRow } from './vehicle-store.ts';

/** A vehicle, as its owner sees it. */
export function vehicleView(row: VehicleRow): z.input<typeof Vehicle> {
  return {
    ...noneYet,
    id: row.id,
    transporterId: row.transporter_id,
    currentTripId: row.trip_id,
    assignedDriverId: row.assigned_driver_id,
    vehicleNumber: row.number,
    vehicleType: row.vehicle_type,
    vehicleSubtype: row.vehicle_subtype,
    capacity: row.capacity,
    model: row.model,
    make: row.make,
    year: row.year,
    bodyType: row.body_type,
    fuelType: row.fuel_type,
    status: row.status,
    maintenanceReason: row.maintenance_reason,
    maintenanceEndDate: instant(row.maintenance_end_date),
    lastStatusChange: row.last_status_change.toISOString(),
    rcNumber: row.rc_number,
    rcExpiry: instant(row.rc_expiry),
    insuranceNumber: row.insurance_number,
    insuranceExpiry: instant(row.insurance_expiry),
    permitNumber: row.permit_number,
    permitExpiry: instant(row.permit_expiry),
    fitnessExpiry: instant(row.fitness_expiry),
    isVerified: row.is_verified,
    isActive: row.status !== 'inactive',
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** The Captain app has fields for these, but nobody sends them. */
const noneYet = { vehiclePhotos: [], rcPhoto: null, insurancePhoto: null };

function instant(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}
