import * as z from 'zod';
import { CustomerProfile, ProfileAnswer, TransporterProfile } from '../auth/accounts.ts';
import { route } from '../route.ts';
import { roles } from '../../wire.ts';

/** A8's figure, for each account. */
const rateLimit = { limit: 30, windowSeconds: 60, per: 'user' } as const;

const profile = {
  id: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e22',
  phone: '9876543210',
  role: 'customer',
  name: 'Asha Rao',
  email: 'asha@example.com',
  company: null,
  isProfileComplete: true,
  createdAt: '2026-01-31T09:30:00.000Z',
  updatedAt: '2026-01-31T09:31:00.000Z',
  profilePhoto: null,
  businessName: null,
  businessAddress: null,
  gstNumber: null,
  panNumber: null,
  address: null,
  city: null,
  state: null,
  licenseNumber: null,
  transporterId: null,
  isVerified: true,
  isActive: true,
} as const;
const example = { 200: { profile, user: profile } };
const responses = { 200: { description: 'The profile, under both names', schema: ProfileAnswer } };

export const getProfile = route({
  id: 'getProfile',
  function: 'auth',
  method: 'GET',
  path: '/api/v1/profile',
  audience: 'signed-in',
  summary: 'Your profile',
  envelope: 'data',
  responses,
  errors: [],
  rateLimit,
  example: { responses: example },
});

export const updateCustomerProfile = route({
  id: 'updateCustomerProfile',
  function: 'auth',
  method: 'PUT',
  path: '/api/v1/profile/customer',
  audience: ['customer'],
  summary: "Change a customer's profile",
  description: 'What is left out stays as it is.',
  body: CustomerProfile,
  envelope: 'data',
  responses,
  errors: [],
  rateLimit,
  example: { body: { name: 'Asha Rao', email: 'asha@example.com' }, responses: example },
});

export const updateTransporterProfile = route({
  id: 'updateTransporterProfile',
  function: 'auth',
  method: 'PUT',
  path: '/api/v1/profile/transporter',
  audience: ['transporter'],
  summary: "Change a transporter's profile",
  description: 'What is left out stays as it is.',
  body: TransporterProfile,
  envelope: 'data',
  responses,
  errors: [],
  rateLimit,
  example: {
    body: { name: 'Vikram Rao', company: 'Rao Roadlines', city: 'Bengaluru', state: 'Karnataka' },
    responses: { 200: { profile: { ...profile, role: 'transporter' }, user: profile } },
  },
});

const DeviceToken = z.string().min(1).max(4096);

export const registerDeviceToken = route({
  id: 'registerDeviceToken',
  function: 'auth',
  method: 'POST',
  path: '/api/v1/notifications/register-token',
  audience: 'signed-in',
  summary: 'Receive push messages on this device',
  description:
    'A token belongs to the account that registered it last. An account has up to ten tokens: the newest.',
  body: z.object({
    token: DeviceToken.meta({ description: 'As Firebase Cloud Messaging gave it' }),
    deviceType: z.enum(['android', 'ios', 'web']).default('android'),
    deviceId: z.string().min(1).max(200).optional(),
  }),
  envelope: 'data',
  responses: {
    200: {
      description: 'Registered',
      schema: z.object({ message: z.string(), userId: z.uuid(), role: z.enum(roles) }),
    },
  },
  errors: [],
  rateLimit,
  example: {
    body: { token: 'fcm-token', deviceType: 'android' },
    responses: {
      200: { message: 'This device will receive messages.', userId: profile.id, role: 'driver' },
    },
  },
});

export const unregisterDeviceToken = route({
  id: 'unregisterDeviceToken',
  function: 'auth',
  method: 'DELETE',
  path: '/api/v1/notifications/unregister-token',
  audience: 'signed-in',
  summary: 'Stop push messages on this device',
  body: z.object({ token: DeviceToken }),
  envelope: 'data',
  responses: { 200: { description: 'Forgotten', schema: z.object({ message: z.string() }) } },
  errors: [],
  rateLimit,
  example: {
    body: { token: 'fcm-token' },
    responses: { 200: { message: 'This device will receive no more messages.' } },
  },
});
