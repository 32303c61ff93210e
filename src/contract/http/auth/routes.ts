import * as z from 'zod';
import { Driver, OneTimeCode, Phone, User } from './accounts.ts';
import { route } from '../route.ts';
import { Instant } from '../../wire.ts';

/** Drivers have login routes of their own, because their code goes to the transporter. */
const LoginRole = z.enum(['customer', 'transporter']);
/** The Captain app sends its device with every request, in this header. */
const Device = z.object({ 'x-device-id': z.string().min(1).max(200).optional() });

const RefreshToken = z.string().min(1).max(500);
const expiresIn = z.int().positive().meta({ description: 'Seconds' });

/** High, because a carrier puts thousands of phones behind one address. Its five attempts protect each code. */
const guesses = { limit: 1000, windowSeconds: 600, per: 'address', strict: true } as const;

const Tokens = z.object({
  accessToken: z.string(),
  refreshToken: z.string(),
  expiresIn: expiresIn.meta({
    description:
      'Seconds that the access token is valid: seven days for customers and an hour for others, and never longer than the session',
  }),
});

const Told = z.object({ message: z.string() });

const Session = z
  .object({
    id: z.uuid(),
    deviceId: z.string().nullable(),
    deviceName: z.string().nullable(),
    createdAt: Instant,
    lastSeenAt: Instant.meta({ description: 'When the session last got an access token' }),
    expiresAt: Instant,
    isCurrent: z.boolean().meta({ description: 'Whether this request belongs to this session' }),
  })
  .meta({ id: 'Session' });

const accessToken = 'eyJhbGciOiJFUzI1NiIsImtpZCI6IjIwMjYifQ.eyJzdWIiOiIwMTljIn0.c2ln';
const refreshToken = 'yVgk0p5zR2n8X1qLwT4uH7sJ3eB6dM9aK0cF5iQvN8o';
const exampleUser = {
  id: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e22',
  phone: '9876543210',
  role: 'customer',
  name: 'Asha Rao',
  email: null,
  company: null,
  isProfileComplete: true,
  createdAt: '2026-01-31T09:30:00.000Z',
  updatedAt: '2026-01-31T09:30:00.000Z',
} as const;

export const sendLoginCode = route({
  id: 'sendLoginCode',
  function: 'auth',
  method: 'POST',
  path: '/api/v1/auth/send-otp',
  audience: 'public',
  summary: 'Send a login code to a phone',
  description:
    'The answer is the same whether or not an account exists. A new code replaces the last one. Between two codes there must be 30 seconds, and in 10 minutes there are at most three.',
  body: z.object({ phone: Phone, role: LoginRole }),
  envelope: 'data',
  responses: {
    200: {
      description: 'The code is on its way',
      schema: Told.extend({
        expiresIn: expiresIn.meta({ description: 'Seconds that the code is valid' }),
      }),
    },
  },
  errors: ['INVALID_PHONE', 'OTP_COOLDOWN', 'OTP_RATE_LIMIT_EXCEEDED', 'OTP_SEND_FAILED'],
  // P14: a carrier puts thousands of phones behind one address.
  rateLimit: { limit: 200, windowSeconds: 600, per: 'address', strict: true },
  example: {
    body: { phone: '9876543210', role: 'customer' },
    responses: { 200: { message: 'A code was sent to 98xxxxxx10.', expiresIn: 300 } },
  },
});

export const verifyLoginCode = route({
  id: 'verifyLoginCode',
  function: 'auth',
  method: 'POST',
  path: '/api/v1/auth/verify-otp',
  audience: 'public',
  summary: 'Log in with a code',
  description:
    'The first login of a number creates its account. A code works once. Five wrong codes lock the number in this role for 10 minutes.',
  headers: Device,
  body: z.object({
    phone: Phone,
    otp: OneTimeCode,
    role: LoginRole,
    deviceId: z.string().min(1).max(200).optional(),
    deviceName: z.string().min(1).max(200).optional(),
  }),
  envelope: 'data',
  responses: {
    200: {
      description: 'Logged in',
      schema: z.object({
        user: User,
        tokens: Tokens,
        isNewUser: z.boolean().meta({ description: 'Whether this login made the account' }),
        preferredLanguage: z.string().nullable(),
      }),
    },
  },
  errors: ['INVALID_PHONE', 'INVALID_OTP', 'OTP_EXPIRED', 'OTP_MAX_ATTEMPTS', 'ACCOUNT_SUSPENDED'],
  rateLimit: guesses,
  example: {
    body: { phone: '9876543210', otp: '123456', role: 'customer' },
    responses: {
      200: {
        user: exampleUser,
        tokens: { accessToken, refreshToken, expiresIn: 604_800 },
        isNewUser: false,
        preferredLanguage: 'en',
      },
    },
  },
});

export const sendDriverLoginCode = route({
  id: 'sendDriverLoginCode',
  function: 'auth',
  method: 'POST',
  path: '/api/v1/driver-auth/send-otp',
  audience: 'public',
  summary: "Send a driver's login code, to the transporter's phone",
  body: z.object({ driverPhone: Phone }),
  envelope: 'data',
  responses: {
    200: {
      description: 'The code is on its way to the transporter',
      schema: z.object({
        transporterPhoneMasked: z.string(),
        driverId: z.uuid(),
        driverName: z.string(),
        expiresInMinutes: z.int().positive(),
      }),
    },
  },
  errors: [
    'INVALID_PHONE',
    'DRIVER_NOT_FOUND',
    'TRANSPORTER_NOT_FOUND',
    'ACCOUNT_SUSPENDED',
    'OTP_COOLDOWN',
    'OTP_RATE_LIMIT_EXCEEDED',
    'OTP_SEND_FAILED',
  ],
  // Stricter than the limit for customers, because this answer tells who is a driver.
  rateLimit: { limit: 30, windowSeconds: 600, per: 'address', strict: true },
  example: {
    body: { driverPhone: '9123456780' },
    responses: {
      200: {
        transporterPhoneMasked: '98xxxxxx10',
        driverId: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e23',
        driverName: 'Ramesh Kumar',
        expiresInMinutes: 5,
      },
    },
  },
});

export const verifyDriverLoginCode = route({
  id: 'verifyDriverLoginCode',
  function: 'auth',
  method: 'POST',
  path: '/api/v1/driver-auth/verify-otp',
  audience: 'public',
  summary: 'Log a driver in with the code that was sent to the transporter',
  headers: Device,
  body: z.object({ driverPhone: Phone, otp: OneTimeCode }),
  envelope: 'data',
  responses: {
    200: {
      description: 'Logged in',
      schema: Tokens.extend({
        role: z.literal('DRIVER').meta({ description: 'In capitals, as the Captain app wants it' }),
        driver: Driver,
      }),
    },
  },
  errors: [
    'INVALID_PHONE',
    'OTP_INVALID',
    'OTP_NOT_FOUND',
    'OTP_MAX_ATTEMPTS',
    'ACCOUNT_SUSPENDED',
  ],
  rateLimit: guesses,
  example: {
    body: { driverPhone: '9123456780', otp: '123456' },
    responses: {
      200: {
        accessToken,
        refreshToken,
        expiresIn: 3600,
        role: 'DRIVER',
        driver: {
          id: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e23',
          name: 'Ramesh Kumar',
          phone: '9123456780',
          transporterId: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e24',
          transporterName: 'Rao Roadlines',
          licenseNumber: 'KA0120200001234',
          profilePhoto: null,
          preferredLanguage: 'en',
          isProfileCompleted: true,
        },
      },
    },
  },
});

export const refreshSession = route({
  id: 'refreshSession',
  function: 'auth',
  method: 'POST',
  path: '/api/v1/auth/refresh',
  audience: 'public',
  summary: 'Get a new access token',
  description:
    'The refresh token stays the same for the session. With `rotate: true` it is replaced. For 20 seconds more, a request with the old token gets the same new token. After that, a request with a replaced token ends the session.',
  headers: Device,
  body: z.object({ refreshToken: RefreshToken, rotate: z.boolean().optional() }),
  envelope: 'data',
  responses: { 200: { description: 'A new access token', schema: Tokens } },
  errors: ['INVALID_REFRESH_TOKEN', 'ACCOUNT_SUSPENDED'],
  // Never per address: thousands of sessions share a carrier's address, and the customer app logs out when it is
  // refused. An app refreshes once in a token's life and after a 401, so this limit stops a client that runs wild. It
  // does not stop a client that makes tokens up or rotates them: each token has a counter of its own. API Gateway's
  // throttle limits those.
  rateLimit: { limit: 20, windowSeconds: 60, per: 'session' },
  example: {
    body: { refreshToken },
    responses: { 200: { accessToken, refreshToken, expiresIn: 604_800 } },
  },
});

export const logOut = route({
  id: 'logOut',
  function: 'auth',
  method: 'POST',
  path: '/api/v1/auth/logout',
  audience: 'signed-in',
  summary: "End this session, or all of the account's",
  query: z.object({ all: z.enum(['true', 'false']).optional() }),
  envelope: 'data',
  responses: { 200: { description: 'Logged out', schema: Told } },
  errors: [],
  rateLimit: { limit: 30, windowSeconds: 60, per: 'user' },
  example: {
    query: { all: 'false' },
    responses: { 200: { message: 'You are logged out.' } },
  },
});

export const getMe = route({
  id: 'getMe',
  function: 'auth',
  method: 'GET',
  path: '/api/v1/auth/me',
  audience: 'signed-in',
  summary: 'Whose token this is',
  envelope: 'data',
  responses: { 200: { description: 'The account', schema: z.object({ user: User }) } },
  errors: [],
  rateLimit: { limit: 30, windowSeconds: 60, per: 'user' },
  example: { responses: { 200: { user: exampleUser } } },
});

export const listSessions = route({
  id: 'listSessions',
  function: 'auth',
  method: 'GET',
  path: '/api/v1/auth/sessions',
  audience: 'signed-in',
  summary: 'Where this account is logged in',
  description: 'The fifty newest sessions that have not ended.',
  envelope: 'data',
  responses: {
    200: { description: 'The sessions', schema: z.object({ sessions: z.array(Session) }) },
  },
  errors: [],
  rateLimit: { limit: 30, windowSeconds: 60, per: 'user' },
  example: {
    responses: {
      200: {
        sessions: [
          {
            id: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e25',
            deviceId: null,
            deviceName: null,
            createdAt: '2026-01-31T09:30:00.000Z',
            lastSeenAt: '2026-01-31T10:30:00.000Z',
            expiresAt: '2026-03-02T09:30:00.000Z',
            isCurrent: true,
          },
        ],
      },
    },
  },
});

export const endSession = route({
  id: 'endSession',
  function: 'auth',
  method: 'DELETE',
  path: '/api/v1/auth/sessions/{id}',
  audience: 'signed-in',
  summary: 'End one of your sessions',
  params: z.object({ id: z.uuid() }),
  envelope: 'data',
  responses: { 200: { description: 'The session has ended', schema: Told } },
  errors: ['NOT_FOUND'],
  rateLimit: { limit: 30, windowSeconds: 60, per: 'user' },
  example: {
    params: { id: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e25' },
    responses: { 200: { message: 'The session has ended.' } },
  },
});

export const createSocketTicket = route({
  id: 'createSocketTicket',
  function: 'auth',
  method: 'POST',
  path: '/api/v1/auth/socket-ticket',
  audience: 'signed-in',
  summary: 'Get a ticket that opens one socket',
  description:
    'For clients that cannot send headers with their upgrade: connect to `/ws?ticket=…` within 30 seconds. A ticket works once.',
  envelope: 'data',
  responses: {
    200: {
      description: 'A ticket',
      schema: z.object({ ticket: z.string(), expiresIn }),
    },
  },
  errors: [],
  rateLimit: { limit: 30, windowSeconds: 60, per: 'user' },
  example: { responses: { 200: { ticket: refreshToken, expiresIn: 30 } } },
});
