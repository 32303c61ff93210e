import * as z from 'zod';
import { Instant, roles } from '../../wire.ts';

/** A number as people type it, with or without +91. The use case checks that it is an Indian number. */
export const Phone = z
  .string()
  .min(1)
  .max(24)
  .meta({ description: 'An Indian mobile number, with or without +91', examples: ['9876543210'] });

export const OneTimeCode = z
  .string()
  .regex(/^\d{6}$/, 'Enter the six digits of the code.')
  .meta({ description: 'The six digits from the SMS', examples: ['123456'] });

const text = (most: number) => z.string().trim().min(1).max(most);
/** A field that may be left out. An empty text clears it. */
export const clearable = (schema: z.ZodType<string, string>) =>
  z
    .string()
    .trim()
    .transform((told) => (told === '' ? null : told))
    .pipe(schema.nullable())
    .optional();

/** Optional facts about a person. The fields are always there, and null if nothing is known. */
const told = z.string().nullable();

export const User = z
  .object({
    id: z.uuid(),
    phone: z.string().meta({ description: 'Ten digits' }),
    role: z.enum(roles),
    name: told,
    email: told,
    company: told,
    isProfileComplete: z.boolean(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'User' });

export const Profile = User.extend({
  profilePhoto: told,
  businessName: told.meta({ description: 'The same as `company`' }),
  businessAddress: told.meta({ description: 'The same as `address`' }),
  gstNumber: told,
  panNumber: told,
  address: told,
  city: told,
  state: told,
  licenseNumber: told.meta({ description: "A driver's" }),
  transporterId: z.uuid().nullable().meta({ description: 'For a driver: the owner of the fleet' }),
  isVerified: z.boolean().meta({ description: 'Whether the phone was proven to be theirs' }),
  isActive: z.boolean().meta({ description: '`false` for a suspended account' }),
}).meta({ id: 'Profile' });

/** The two apps read the same value under different names. */
export const ProfileAnswer = z.object({ profile: Profile, user: Profile });

const gstNumber = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^\d{2}[A-Z]{5}\d{4}[A-Z][A-Z\d]{3}$/, 'A GST number looks like 29ABCDE1234F1Z5.');
const panNumber = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z]{5}\d{4}[A-Z]$/, 'A PAN looks like ABCDE1234F.');

/** What is left out stays as it is. */
export const CustomerProfile = z.object({
  name: text(100),
  email: clearable(z.email().max(200)),
  company: clearable(text(200)),
  gstNumber: clearable(gstNumber),
  profilePhoto: clearable(z.url({ protocol: /^https$/ }).max(500)),
});

export const TransporterProfile = z.object({
  name: text(100),
  email: clearable(z.email().max(200)),
  company: clearable(text(200)),
  gstNumber: clearable(gstNumber),
  panNumber: clearable(panNumber),
  address: clearable(text(500)),
  city: clearable(text(100)),
  state: clearable(text(100)),
});

export const Driver = z
  .object({
    id: z.uuid(),
    name: z.string(),
    phone: z.string(),
    transporterId: z.uuid(),
    transporterName: z.string(),
    licenseNumber: told,
    profilePhoto: told,
    preferredLanguage: z.string(),
    isProfileCompleted: z.boolean(),
  })
  .meta({ id: 'LoggedInDriver' });
