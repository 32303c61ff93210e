import * as z from 'zod';
import { clearable } from '../auth/accounts.ts';
import { line } from '../../text.ts';
import { Instant } from '../../wire.ts';

export const vehicleStatuses = [
  'available',
  'on_hold',
  'in_transit',
  'maintenance',
  'inactive',
] as const;
export type VehicleStatus = (typeof vehicleStatuses)[number];

/** What an owner says of a vehicle; orders and trips say the rest. */
const ownersStatuses = ['available', 'maintenance', 'inactive'] as const;

/** As it is painted on the vehicle: with spaces or dashes, in whatever case. */
export const VehicleNumber = z
  .string()
  .max(24)
  .transform((typed) => typed.replaceAll(/[\s-]/g, ''))
  .pipe(
    z
      .string()
      .regex(/^[A-Z]{2}\d{1,2}[A-Z]{1,3}\d{1,4}$/i, 'A vehicle number looks like KA 01 AB 1234.'),
  )
  .transform((number) => number.toUpperCase())
  .meta({ description: 'With or without spaces and dashes', examples: ['KA 01 AB 1234'] });

/** A day, or an instant; kept as an instant. Outside this century it is a slip of the pen. */
const Day = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })])
  .transform((day) => new Date(day))
  .refine((day) => /^20\d\d-/.test(isoOf(day)), 'This is not in this century.')
  .transform(isoOf);

function isoOf(day: Date): string {
  return Number.isNaN(day.getTime()) ? '' : day.toISOString();
}

const paper = clearable(line(60));
const day = clearable(Day).meta({
  description: 'A day or an instant; kept as an instant',
  examples: ['2027-03-31'],
});

/** What is left out stays as it is; an empty text clears. */
export const VehicleToRegister = z.object({
  vehicleNumber: VehicleNumber,
  vehicleType: line(60).meta({ description: 'An id of GET vehicles/types', examples: ['open'] }),
  vehicleSubtype: line(60).meta({
    description: 'In the spelling of either app',
    examples: ['17 Feet', '8-11 Ton Trailer'],
  }),
  capacity: line(40)
    .optional()
    .meta({ description: 'In your words; of a new vehicle by default that of its kind' }),
  model: clearable(line(60)),
  make: clearable(line(60)),
  year: z.int().min(1950).max(2100).optional(),
  bodyType: clearable(line(60)),
  fuelType: clearable(line(60)),
  status: z
    .enum(ownersStatuses)
    .optional()
    .meta({ description: 'Of a new vehicle by default `available`' }),
  maintenanceReason: clearable(line(200)).meta({ description: 'Kept while in `maintenance`' }),
  maintenanceEndDate: day.meta({ description: 'Kept while in `maintenance`' }),
  rcNumber: paper,
  rcExpiry: day,
  insuranceNumber: paper,
  insuranceExpiry: day,
  permitNumber: paper,
  permitExpiry: day,
  fitnessExpiry: day,
});

export type VehicleToRegister = z.output<typeof VehicleToRegister>;

const told = z.string().nullable();
const on = Instant.nullable();

export const Vehicle = z
  .object({
    id: z.uuid(),
    transporterId: z.uuid(),
    assignedDriverId: z.uuid().nullable(),
    vehicleNumber: z.string().meta({ description: 'In capitals, without spaces and dashes' }),
    vehicleType: z.string(),
    vehicleSubtype: z.string().meta({ description: 'As the Captain app spells it' }),
    capacity: z.string(),
    model: told,
    make: told,
    year: z.int().nullable(),
    bodyType: told,
    fuelType: told,
    status: z.enum(vehicleStatuses),
    currentTripId: z.uuid().nullable(),
    maintenanceReason: told,
    maintenanceEndDate: on,
    lastStatusChange: Instant,
    rcNumber: told,
    rcExpiry: on,
    insuranceNumber: told,
    insuranceExpiry: on,
    permitNumber: told,
    permitExpiry: on,
    fitnessExpiry: on,
    vehiclePhotos: z.array(z.string()),
    rcPhoto: told,
    insurancePhoto: told,
    isVerified: z.boolean().meta({ description: "Whether we have seen the vehicle's papers" }),
    isActive: z.boolean().meta({ description: '`false` for the status `inactive`' }),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Vehicle' });
