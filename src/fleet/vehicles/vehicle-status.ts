import { vehicleStatuses, type VehicleStatus } from '../../contract/http/fleet/vehicles.ts';

/** What a vehicle may be next. Orders hold it and set it free, trips move it, its owner does the rest. */
const nextOf: Readonly<Record<VehicleStatus, readonly VehicleStatus[]>> = {
  available: ['on_hold', 'in_transit', 'maintenance', 'inactive'],
  on_hold: ['in_transit', 'available'],
  in_transit: ['available', 'maintenance'],
  maintenance: ['available', 'inactive'],
  inactive: ['available', 'maintenance'],
};

/** To be again what it is already is no change, and is always allowed. */
export function mayBecome(from: VehicleStatus, to: VehicleStatus): boolean {
  return from === to || nextOf[from].includes(to);
}

/** Of a vehicle that an order or a trip counts on, its owner changes neither status nor fleet. */
export const ownersToChange = vehicleStatuses.filter(
  (status) => status !== 'on_hold' && status !== 'in_transit',
);

/** From which statuses an owner may make a vehicle this. */
export function ownersWaysTo(to: VehicleStatus): readonly VehicleStatus[] {
  return ownersToChange.filter((from) => mayBecome(from, to));
}
