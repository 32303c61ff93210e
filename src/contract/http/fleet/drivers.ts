import * as z from 'zod';
import { clearable, OneTimeCode, Phone } from '../auth/accounts.ts';
import { line } from '../../text.ts';
import { Instant } from '../../wire.ts';

const told = z.string().nullable();

const licenseNumber = line(30)
  .toUpperCase()
  .regex(/^[A-Z0-9 /-]+$/, 'A license number looks like KA01 20200001234.');

/** The driver whom a transporter wants in the fleet. The code goes to this phone: it must be the driver's own. */
export const DriverToOnboard = z.object({
  phone: Phone.meta({ description: "The driver's own phone", examples: ['9123456780'] }),
  name: line(100),
  licenseNumber: clearable(licenseNumber),
  email: clearable(z.email().max(200)),
});

export const OnboardingPhone = z.object({ phone: Phone });
export const OnboardingCode = z.object({ phone: Phone, otp: OneTimeCode });

export const OnboardedDriver = z
  .object({
    id: z.uuid(),
    name: z.string(),
    phone: z.string(),
    licenseNumber: told,
    isVerified: z.boolean().meta({ description: 'Whether the phone was proven to be theirs' }),
  })
  .meta({ id: 'OnboardedDriver' });

const LastLocation = z.object({
  latitude: z.number(),
  longitude: z.number(),
  address: told,
});

/** A driver, as its transporter sees it. */
export const FleetDriver = z
  .object({
    id: z.uuid(),
    transporterId: z.uuid(),
    phone: z.string(),
    name: z.string(),
    email: told,
    profilePhotoUrl: told,
    licenseNumber: told,
    licenseExpiry: Instant.nullable(),
    isOnline: z
      .boolean()
      .meta({ description: 'Whether the driver has gone online, and is still logged in' }),
    isAvailable: z.boolean().meta({ description: 'Online, and not on a trip' }),
    isOnTrip: z.boolean(),
    status: z.enum(['available', 'on_trip', 'offline', 'suspended']),
    assignedVehicleId: z.uuid().nullable(),
    assignedVehicleNumber: told,
    currentTripId: z.uuid().nullable(),
    lastLocation: LastLocation.nullable(),
    rating: z.number().nullable(),
    totalTrips: z.int().nonnegative(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'FleetDriver' });

export const Availability = z
  .object({
    isOnline: z.boolean(),
    lastLocation: LastLocation.nullable(),
    updatedAt: Instant.nullable().meta({
      description: 'When the driver last said so; null if never',
    }),
  })
  .meta({ id: 'DriverAvailability' });
