import { vehicleStatuses, type VehicleStatus } from '../../contract/http/fleet/vehicles.ts';

/** Which status may follow which. Orders hold and free a vehicle, trips move it, and its owner makes the rest. */
const nextOf: Readonly<Record<VehicleStatus, readonly VehicleStatus[]>> = {
  available: ['on_hold', 'in_transit', 'maintenance', 'inactive'],
  on_hold: ['in_transit', 'available'],
  in_transit: ['available', 'maintenance'],
  maintenance: ['available', 'inactive'],
  inactive: ['available', 'maintenance'],
};

/** The same status again is no change, and always allowed. */
export function mayBecome(from: VehicleStatus, to: VehicleStatus): boolean {
  return from === to || nextOf[from].includes(to);
}

/** The owner may not change the status of a vehicle that an order or a trip needs, nor take it out of the fleet. */
export const ownersToChange = vehicleStatuses.filter(
  (status) => status !== 'on_hold' && status !== 'in_transit',
);

/** The statuses from which an owner may change a vehicle to this one. */
export function ownersWaysTo(to: VehicleStatus): readonly VehicleStatus[] {
  return ownersToChange.filter((from) => mayBecome(from, to));
}
