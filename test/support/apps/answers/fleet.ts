import * as z from 'zod';
import { Count, Instant, Int, maybe, Position, text, TripWord } from './values.ts';

// B9
const Vehicle = z.object({
  id: text,
  transporterId: text,
  assignedDriverId: maybe(text),
  vehicleNumber: text,
  vehicleType: text,
  vehicleSubtype: text,
  capacity: text,
  model: maybe(text),
  make: maybe(text),
  year: maybe(Int),
  bodyType: maybe(text),
  fuelType: maybe(text),
  status: z.enum(['available', 'on_hold', 'in_transit', 'maintenance', 'inactive']),
  currentTripId: maybe(text),
  maintenanceReason: maybe(text),
  maintenanceEndDate: maybe(Instant),
  lastStatusChange: maybe(Instant),
  rcNumber: maybe(text),
  rcExpiry: maybe(Instant),
  insuranceNumber: maybe(text),
  insuranceExpiry: maybe(Instant),
  permitNumber: maybe(text),
  permitExpiry: maybe(Instant),
  fitnessExpiry: maybe(Instant),
  vehiclePhotos: z.array(text),
  rcPhoto: maybe(text),
  insurancePhoto: maybe(text),
  isVerified: z.boolean(),
  isActive: z.boolean(),
  createdAt: maybe(Instant),
  updatedAt: maybe(Instant),
});
export const OneVehicle = z.object({ vehicle: Vehicle });
export const RegisteredVehicle = OneVehicle.extend({ isNew: z.boolean() });
export const Vehicles = z.object({
  vehicles: z.array(Vehicle),
  total: Count,
  available: Count,
  onHold: Count,
  inTransit: Count,
  maintenance: Count,
});
export const Driver = z.object({
  id: text,
  transporterId: text,
  phone: text,
  name: maybe(text),
  email: maybe(text),
  profilePhotoUrl: maybe(text),
  licenseNumber: maybe(text),
  licenseExpiry: maybe(Instant),
  isOnline: z.boolean(),
  isAvailable: maybe(z.boolean()),
  isOnTrip: z.boolean(),
  status: maybe(z.enum(['available', 'on_trip', 'offline', 'suspended'])),
  assignedVehicleId: maybe(text),
  assignedVehicleNumber: maybe(text),
  currentTripId: maybe(text),
  lastLocation: maybe(Position.extend({ address: maybe(text) })),
  rating: maybe(z.number()),
  totalTrips: Count,
  createdAt: maybe(Instant),
  updatedAt: maybe(Instant),
});
export const Drivers = z.object({
  drivers: z.array(Driver),
  total: Count,
  online: Count,
  offline: Count,
  active: Count,
  available: Count,
  cached: z.boolean(),
});
export const Onboarding = z.object({
  message: text,
  driverPhoneMasked: text,
  expiresInMinutes: Int.positive(),
});
export const OnboardingAgain = z.object({ message: text, expiresInMinutes: Int.positive() });
export const Onboarded = z.object({
  driver: z.object({
    id: text,
    name: text,
    phone: text,
    licenseNumber: maybe(text),
    isVerified: z.boolean(),
  }),
});
export const TrackedFleet = z.object({
  transporterId: text,
  activeDrivers: Count,
  drivers: z.array(
    Position.extend({
      driverId: text,
      driverName: maybe(text),
      vehicleNumber: text,
      tripId: maybe(text),
      speed: z.number(),
      bearing: z.number(),
      status: TripWord,
      lastUpdated: Instant,
    }),
  ),
});
