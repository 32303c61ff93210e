import * as z from 'zod';
import { Availability, FleetDriver, OnboardedDriver } from './drivers.ts';
import { DriverToOnboard, OnboardingCode, OnboardingPhone } from './drivers.ts';
import { route } from '../route.ts';
import { Vehicle, VehicleToRegister } from './vehicles.ts';

const ofTransporter = {
  function: 'fleet',
  audience: ['transporter'],
  envelope: 'data',
} as const;
const ofDriver = { function: 'fleet', audience: ['driver'], envelope: 'data' } as const;

/** An open screen asks twelve times a minute (A8), for each account. */
const rateLimit = { limit: 60, windowSeconds: 60, per: 'user' } as const;
/** Each of these calls sends an SMS or tries a code, and its answer may tell whether a phone is a driver's. */
const sending = { limit: 30, windowSeconds: 600, per: 'user' } as const;

const Id = z.object({ id: z.uuid() });
const Told = z.object({ message: z.string() });
const Count = z.int().nonnegative();

const id = '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e31';
const transporterId = '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e24';
const at = '2026-01-31T09:30:00.000Z';
const vehicle = {
  id,
  transporterId,
  assignedDriverId: null,
  vehicleNumber: 'KA05MX4321',
  vehicleType: 'open',
  vehicleSubtype: '17 Feet',
  capacity: '7 Ton',
  model: 'Tata LPT 1109',
  make: null,
  year: 2021,
  bodyType: null,
  fuelType: null,
  status: 'available',
  currentTripId: null,
  maintenanceReason: null,
  maintenanceEndDate: null,
  lastStatusChange: at,
  rcNumber: null,
  rcExpiry: null,
  insuranceNumber: null,
  insuranceExpiry: null,
  permitNumber: null,
  permitExpiry: null,
  fitnessExpiry: null,
  vehiclePhotos: [],
  rcPhoto: null,
  insurancePhoto: null,
  isVerified: false,
  isActive: true,
  createdAt: at,
  updatedAt: at,
} as const;
const driver = {
  id: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e23',
  name: 'Ramesh Kumar',
  phone: '9123456780',
  licenseNumber: 'KA0120200001234',
} as const;

export const listVehicles = route({
  ...ofTransporter,
  id: 'listVehicles',
  method: 'GET',
  path: '/api/v1/vehicles/list',
  summary: "Your fleet's vehicles",
  description: 'Lists the newest thousand. The counters count all of them.',
  responses: {
    200: {
      description: 'The vehicles, newest first',
      schema: z.object({
        vehicles: z.array(Vehicle),
        total: Count,
        available: Count,
        onHold: Count,
        inTransit: Count,
        maintenance: Count,
      }),
    },
  },
  errors: [],
  rateLimit,
  example: {
    responses: {
      200: { vehicles: [vehicle], total: 1, available: 1, onHold: 0, inTransit: 0, maintenance: 0 },
    },
  },
});

const registered = z.object({
  vehicle: Vehicle,
  isNew: z.boolean().meta({ description: 'Whether this request registered it' }),
});

export const upsertVehicle = route({
  ...ofTransporter,
  id: 'upsertVehicle',
  method: 'PUT',
  path: '/api/v1/vehicles/upsert',
  summary: 'Register a vehicle, or change what is known of it',
  description:
    'A vehicle is known by its number, and is in one fleet. When you change a vehicle, a field that is left out stays as it is, and an empty text clears the field. Type and subtype never change. Safe to repeat.',
  body: VehicleToRegister,
  responses: {
    200: { description: 'The vehicle was known, and has been changed', schema: registered },
    201: { description: 'The vehicle has been registered', schema: registered },
  },
  errors: ['VEHICLE_EXISTS', 'VEHICLE_EXISTS_SAME_OWNER', 'VEHICLE_IN_USE'],
  rateLimit,
  example: {
    body: {
      vehicleNumber: 'KA 05 MX 4321',
      vehicleType: 'open',
      vehicleSubtype: '17 Feet',
      capacity: '7 Ton',
      model: 'Tata LPT 1109',
      year: 2021,
    },
    responses: { 201: { vehicle, isNew: true } },
  },
});

export const getVehicle = route({
  ...ofTransporter,
  id: 'getVehicle',
  method: 'GET',
  path: '/api/v1/vehicles/{id}',
  summary: 'One of your vehicles',
  params: Id,
  responses: { 200: { description: 'The vehicle', schema: z.object({ vehicle: Vehicle }) } },
  errors: ['VEHICLE_NOT_FOUND'],
  rateLimit,
  example: { params: { id }, responses: { 200: { vehicle } } },
});

export const deleteVehicle = route({
  ...ofTransporter,
  id: 'deleteVehicle',
  method: 'DELETE',
  path: '/api/v1/vehicles/{id}',
  summary: 'Take a vehicle out of your fleet',
  description:
    'Refused while the vehicle is held for an order or on a trip. Afterwards its number is free again.',
  params: Id,
  responses: { 200: { description: 'The vehicle was removed', schema: Told } },
  errors: ['VEHICLE_NOT_FOUND', 'VEHICLE_IN_USE'],
  rateLimit,
  example: { params: { id }, responses: { 200: { message: 'The vehicle was removed.' } } },
});

export const listDrivers = route({
  ...ofTransporter,
  id: 'listDrivers',
  method: 'GET',
  path: '/api/v1/driver/list',
  summary: "Your fleet's drivers",
  description: 'Lists the newest thousand. The counters count all of them.',
  responses: {
    200: {
      description: 'The drivers, newest first',
      schema: z.object({
        drivers: z.array(FleetDriver),
        total: Count,
        online: Count,
        offline: Count,
        active: Count.meta({ description: 'Not suspended' }),
        available: Count.meta({ description: 'Online, and not on a trip' }),
        cached: z.boolean().meta({ description: 'Always `false`: it is read for each request' }),
      }),
    },
  },
  errors: [],
  rateLimit,
  example: {
    responses: {
      200: {
        drivers: [
          {
            ...driver,
            transporterId,
            email: null,
            profilePhotoUrl: null,
            licenseExpiry: null,
            isOnline: true,
            isAvailable: true,
            isOnTrip: false,
            status: 'available',
            assignedVehicleId: null,
            assignedVehicleNumber: null,
            currentTripId: null,
            lastLocation: null,
            rating: null,
            totalTrips: 0,
            createdAt: at,
            updatedAt: at,
          },
        ],
        total: 1,
        online: 1,
        offline: 0,
        active: 1,
        available: 1,
        cached: false,
      },
    },
  },
});

const expiresInMinutes = z.int().positive();
const refusedOnboardings = [
  'INVALID_PHONE',
  'DRIVER_ALREADY_IN_FLEET',
  'ACCOUNT_SUSPENDED',
] as const;
const refusedSendings = ['OTP_COOLDOWN', 'OTP_RATE_LIMIT_EXCEEDED', 'OTP_SEND_FAILED'] as const;

export const beginOnboarding = route({
  ...ofTransporter,
  id: 'beginOnboarding',
  method: 'POST',
  path: '/api/v1/driver/onboard/initiate',
  summary: "Ask a driver to join your fleet: a code goes to the driver's own phone",
  description:
    'The code is valid for 10 minutes. Between two codes for a number there must be 30 seconds, and in 10 minutes there are at most three, from all transporters together. The same request, sent again within 30 seconds, gets the same answer, and no second code is sent.',
  body: DriverToOnboard,
  responses: {
    200: {
      description: 'The code is on its way to the driver',
      schema: Told.extend({ driverPhoneMasked: z.string(), expiresInMinutes }),
    },
  },
  errors: [...refusedOnboardings, ...refusedSendings],
  rateLimit: sending,
  example: {
    body: { phone: driver.phone, name: driver.name, licenseNumber: driver.licenseNumber },
    responses: {
      200: {
        message: 'A code was sent to 91xxxxxx80.',
        driverPhoneMasked: '91xxxxxx80',
        expiresInMinutes: 10,
      },
    },
  },
});

export const resendOnboardingCode = route({
  ...ofTransporter,
  id: 'resendOnboardingCode',
  method: 'POST',
  path: '/api/v1/driver/onboard/resend',
  summary: 'Send a driver whom you are adding a new code',
  description: 'The new code replaces the last one, and is valid for 10 minutes.',
  body: OnboardingPhone,
  responses: {
    200: {
      description: 'The code is on its way to the driver',
      schema: Told.extend({ expiresInMinutes }),
    },
  },
  errors: [...refusedOnboardings, 'NO_PENDING_REQUEST', ...refusedSendings],
  rateLimit: sending,
  example: {
    body: { phone: driver.phone },
    responses: { 200: { message: 'A code was sent to 91xxxxxx80.', expiresInMinutes: 10 } },
  },
});

export const finishOnboarding = route({
  ...ofTransporter,
  id: 'finishOnboarding',
  method: 'POST',
  path: '/api/v1/driver/onboard/verify',
  summary: 'Take a driver into your fleet, with the code from the driver',
  description:
    'A driver without an account gets one. A code works once. After five wrong codes you cannot try this number again for 10 minutes. A request that is sent again after it worked answers the driver, and changes nothing. If several transporters have asked the same driver, the first with a code has the driver.',
  body: OnboardingCode,
  responses: {
    201: {
      description: 'The driver is in your fleet, and can log in',
      schema: z.object({ driver: OnboardedDriver }),
    },
  },
  errors: [
    ...refusedOnboardings,
    'NO_PENDING_REQUEST',
    'OTP_NOT_FOUND',
    'OTP_INVALID',
    'OTP_MAX_ATTEMPTS',
  ],
  rateLimit: sending,
  example: {
    body: { phone: driver.phone, otp: '123456' },
    responses: { 201: { driver: { ...driver, isVerified: true } } },
  },
});

export const removeDriver = route({
  ...ofTransporter,
  id: 'removeDriver',
  method: 'DELETE',
  path: '/api/v1/driver/{id}',
  summary: 'Let a driver go',
  description:
    'The driver is logged out everywhere, but keeps the account, and may be onboarded by another fleet. If a request fails, send it again: it finishes what is left, and answers the same.',
  params: Id,
  responses: { 200: { description: 'The driver is in no fleet any more', schema: Told } },
  errors: ['DRIVER_NOT_FOUND', 'DRIVER_IN_USE'],
  rateLimit,
  example: {
    params: { id: driver.id },
    responses: { 200: { message: 'The driver has left your fleet.' } },
  },
});

const availability = { isOnline: true, lastLocation: null, updatedAt: at } as const;

export const getDriverAvailability = route({
  ...ofDriver,
  id: 'getDriverAvailability',
  method: 'GET',
  path: '/api/v1/driver/availability',
  summary: 'Whether you take trips',
  responses: { 200: { description: 'What you said last', schema: Availability } },
  errors: [],
  rateLimit,
  example: { responses: { 200: availability } },
});

export const setDriverAvailability = route({
  ...ofDriver,
  id: 'setDriverAvailability',
  method: 'PUT',
  path: '/api/v1/driver/availability',
  summary: 'Say whether you take trips',
  description:
    'It stays so until you change it, or until the session in which you said it ends. If opposite changes come at the same time, the first one counts, and the others are refused.',
  body: z.object({ isOnline: z.boolean() }),
  responses: { 200: { description: 'The change was made', schema: Availability } },
  errors: ['TOGGLE_IN_PROGRESS'],
  rateLimit,
  example: { body: { isOnline: true }, responses: { 200: availability } },
});
