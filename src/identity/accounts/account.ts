import type * as z from 'zod';
import type { Profile, User } from '../../contract/http/auth/accounts.ts';
import type { UserRow } from './account-store.ts';

/** What the owner of an account sees of it after login. */
export function userView(row: UserRow): z.input<typeof User> {
  return {
    id: row.id,
    phone: row.phone,
    role: row.role,
    name: row.name,
    email: row.email,
    company: row.company,
    isProfileComplete: row.name !== null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

export function profileView(row: UserRow): z.input<typeof Profile> {
  return {
    ...userView(row),
    profilePhoto: row.profile_photo,
    businessName: row.company,
    businessAddress: row.address,
    gstNumber: row.gst_number,
    panNumber: row.pan_number,
    address: row.address,
    city: row.city,
    state: row.state,
    licenseNumber: row.license_number,
    transporterId: row.transporter_id,
    isVerified: row.verified_at !== null,
    isActive: row.suspended_at === null,
  };
}
