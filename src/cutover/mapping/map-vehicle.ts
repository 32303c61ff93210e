import { kindOf } from '../../catalogue/vehicle-kind.ts';
import { VehicleNumber, VehicleToRegister } from '../../contract/http/fleet/vehicles.ts';
import type { SourceRow } from '../source/predecessor-store.ts';
import type { Candidate, Finding, Refusal } from './candidate.ts';
import { idHere, instantOf, optionalFields, textOf } from './fields.ts';
import { shownId, shownText } from './shown.ts';

/** What is read of a row to know its key. */
export const keyFieldsOfVehicle = ['vehicleNumber'];

export function vehicleNumber({ sourceId, fields }: SourceRow): { number: string } | Refusal {
  const painted = textOf(fields['vehicleNumber']);
  const { success, data } = VehicleNumber.safeParse(painted);
  if (success) return { number: data };
  const example = `${shownId(sourceId)}: ${shownText(painted)}`;
  return { refused: { reason: 'number-malformed', example } };
}

export function mapVehicle(row: SourceRow): Candidate | Refusal {
  const { sourceId, fields } = row;
  const numbered = vehicleNumber(row);
  if ('refused' in numbered) return numbered;
  const { number } = numbered;
  const example = `${shownId(sourceId)}: ${number}`;
  const [type, subtype] = [textOf(fields['vehicleType']), textOf(fields['vehicleSubtype'])];
  const kind = kindOf(type ?? '', subtype ?? '');
  if (!kind) {
    const said = shownText(`${type ?? 'none'} / ${subtype ?? 'none'}`);
    return { refused: { reason: 'kind-unknown', example: `${shownId(sourceId)}: ${said}` } };
  }
  const fleetOf = textOf(fields['transporterId']);
  if (fleetOf === undefined) return { refused: { reason: 'no-transporter', example } };
  const { values, leftOut, notes } = factsOf(row, example);
  return {
    source: 'vehicles',
    sourceId,
    id: idHere('vehicles', sourceId),
    key: number,
    example,
    fleetOf,
    values: {
      number,
      vehicle_key: kind.key,
      vehicle_type: kind.type.id,
      vehicle_subtype: kind.captainName,
      ...values,
      capacity: values.capacity ?? `${kind.maxTonnes} Ton`,
    },
    createdAt: instantOf(fields['createdAt']) ?? null,
    leftOut,
    notes,
  };
}

const rules = VehicleToRegister.shape;

function factsOf(row: SourceRow, example: string) {
  const { text, instant, number, leftOut } = optionalFields(row.fields, row.sourceId);
  const { status, notes, unknown } = statusOf(row, example);
  const isMended = status === 'maintenance';
  const reason = text('maintenanceReason', rules.maintenanceReason) ?? null;
  const endDate = instant('maintenanceEndDate', rules.maintenanceEndDate) ?? null;
  const values = {
    capacity: text('capacity', rules.capacity) ?? null,
    model: text('model', rules.model) ?? null,
    make: text('make', rules.make) ?? null,
    year: number('year', rules.year) ?? null,
    body_type: text('bodyType', rules.bodyType) ?? null,
    fuel_type: text('fuelType', rules.fuelType) ?? null,
    status,
    maintenance_reason: isMended ? reason : null,
    maintenance_end_date: isMended ? endDate : null,
    rc_number: text('rcNumber', rules.rcNumber) ?? null,
    rc_expiry: instant('rcExpiry', rules.rcExpiry) ?? null,
    insurance_number: text('insuranceNumber', rules.insuranceNumber) ?? null,
    insurance_expiry: instant('insuranceExpiry', rules.insuranceExpiry) ?? null,
    permit_number: text('permitNumber', rules.permitNumber) ?? null,
    permit_expiry: instant('permitExpiry', rules.permitExpiry) ?? null,
    fitness_expiry: instant('fitnessExpiry', rules.fitnessExpiry) ?? null,
    is_verified: row.fields['isVerified'] === true,
  };
  return { values, leftOut: [...leftOut, ...unknown], notes };
}

interface Stated {
  readonly status: 'available' | 'maintenance' | 'inactive';
  readonly notes: readonly Finding[];
  readonly unknown: readonly Finding[];
}

/** Orders and trips are not imported. So a vehicle that one of them needs there is free here, which is noted. */
function statusOf({ fields, sourceId }: SourceRow, example: string): Stated {
  const said = textOf(fields['status'])?.toLowerCase() ?? 'available';
  const none = { notes: [], unknown: [] };
  if (fields['isActive'] === false || said === 'inactive') return { status: 'inactive', ...none };
  if (said === 'maintenance' || said === 'available') return { status: said, ...none };
  if (said === 'on_hold' || said === 'in_transit') {
    return { ...none, status: 'available', notes: [{ reason: 'on-a-trip', example }] };
  }
  // Nobody is offered a truck of which nobody knows whether it is free. Its owner makes it available.
  return {
    ...none,
    status: 'inactive',
    unknown: [{ reason: 'status', example: shownId(sourceId) }],
  };
}
