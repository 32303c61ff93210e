import * as z from 'zod';
import { Instant, Int, maybe, text } from './values.ts';

/** In small letters, whatever else is compared. */
const Role = z.enum(['customer', 'transporter', 'driver']);

// B1
export const CodeSent = z.object({ message: text, expiresIn: Int.positive() });
const User = z.object({
  id: text,
  phone: text.regex(/^[6-9]\d{9}$/),
  role: Role,
  name: maybe(text),
  email: maybe(text),
  company: maybe(text),
  isProfileComplete: z.boolean(),
  createdAt: maybe(Instant),
  updatedAt: maybe(Instant),
});
/** The customer app takes a token for dead five minutes before its end. */
const lasting = Int.min(900);
export const Session = z.object({
  user: User,
  tokens: z.object({ accessToken: text, refreshToken: text, expiresIn: lasting }),
  isNewUser: z.boolean(),
  preferredLanguage: maybe(text),
});
export const Refreshed = z.object({
  accessToken: text,
  expiresIn: lasting,
  refreshToken: maybe(text),
});
export const Me = z.object({ user: User });
export const DriverCodeSent = z.object({
  transporterPhoneMasked: text,
  driverId: text,
  driverName: text,
  expiresInMinutes: Int.positive(),
});
export const DriverSession = z.object({
  accessToken: text,
  refreshToken: text,
  role: z.literal('DRIVER'),
  driver: z.object({
    id: text,
    name: text,
    phone: text,
    transporterId: text,
    transporterName: text,
    licenseNumber: maybe(text),
    profilePhoto: maybe(text),
    // Without a language, and without a profile, the app asks for them first.
    preferredLanguage: text,
    isProfileCompleted: z.literal(true),
  }),
});

// B2
const Profile = User.extend({
  profilePhoto: maybe(text),
  businessName: maybe(text),
  businessAddress: maybe(text),
  gstNumber: maybe(text),
  panNumber: maybe(text),
  address: maybe(text),
  city: maybe(text),
  state: maybe(text),
  licenseNumber: maybe(text),
  transporterId: maybe(text),
  isVerified: z.boolean(),
  isActive: z.boolean(),
  createdAt: Instant,
  updatedAt: Instant,
});
/** The customer app reads the one, the Captain app the other. */
export const ProfileAnswer = z.object({ profile: Profile, user: Profile });

// B10
export const DeviceRegistered = z.object({
  message: maybe(text),
  userId: maybe(text),
  role: maybe(Role),
});

// B12
const Part = z.enum(['up', 'down']);
export const Health = z.object({
  status: z.enum(['healthy', 'degraded', 'unhealthy']),
  timestamp: Instant,
  redis: Part,
  postgres: Part,
  dynamodb: Part,
  sqs: Part,
});
