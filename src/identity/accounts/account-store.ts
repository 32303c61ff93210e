import type { Role } from '../../contract/wire.ts';
import type { Database } from '../../platform/postgres/postgres.ts';

/** A row of weelo.users, as it stands. */
export interface UserRow {
  readonly id: string;
  readonly role: Role;
  readonly phone: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly profile_photo: string | null;
  readonly company: string | null;
  readonly gst_number: string | null;
  readonly pan_number: string | null;
  readonly address: string | null;
  readonly city: string | null;
  readonly state: string | null;
  readonly license_number: string | null;
  readonly preferred_language: string | null;
  readonly transporter_id: string | null;
  readonly verified_at: Date | null;
  readonly suspended_at: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export async function userById(db: Database, id: string): Promise<UserRow | undefined> {
  const [user] = await db.$queryRaw<UserRow[]>`
    SELECT * FROM weelo.users WHERE id = ${id}::uuid
  `;
  return user;
}

/** A change of a profile. A field that is left out stays as it is; null clears it. */
export type ProfileChange = Readonly<
  Partial<
    Record<
      | 'name'
      | 'email'
      | 'profile_photo'
      | 'company'
      | 'gst_number'
      | 'pan_number'
      | 'address'
      | 'city'
      | 'state',
      string | null | undefined
    >
  >
>;

export async function changeProfile(
  db: Database,
  id: string,
  change: ProfileChange,
): Promise<UserRow | undefined> {
  // The change is applied to the row after it is locked. So two changes at once do not undo each other.
  const [user] = await db.$queryRaw<UserRow[]>`
    UPDATE weelo.users AS u
    SET (name, email, profile_photo, company, gst_number, pan_number, address, city, state, updated_at) = (
      SELECT p.name, p.email, p.profile_photo, p.company, p.gst_number, p.pan_number, p.address, p.city,
             p.state, now()
      FROM jsonb_populate_record(u, ${JSON.stringify(change)}::jsonb) AS p
    )
    WHERE u.id = ${id}::uuid
    RETURNING u.*
  `;
  return user;
}

/** Whether somebody has already logged in with a code to this phone, in this role. */
export async function hasLoggedIn(
  db: Database,
  account: { readonly phone: string; readonly role: Role },
): Promise<boolean> {
  const [found] = await db.$queryRaw<{ known: boolean }[]>`
    SELECT EXISTS (
      SELECT FROM weelo.users
      WHERE phone = ${account.phone} AND role = ${account.role}::weelo.role AND verified_at IS NOT NULL
    ) AS known
  `;
  return found?.known === true;
}

/**
 * A driver, and the transporter whose fleet the driver is in. `transporter_*` are null for a driver without a fleet.
 */
export interface DriverRow extends UserRow {
  readonly transporter_phone: string | null;
  readonly transporter_name: string | null;
  readonly transporter_suspended: boolean | null;
}

export async function driverByPhone(db: Database, phone: string): Promise<DriverRow | undefined> {
  const [driver] = await db.$queryRaw<DriverRow[]>`
    SELECT d.*,
           t.phone AS transporter_phone,
           COALESCE(t.company, t.name) AS transporter_name,
           t.suspended_at IS NOT NULL AS transporter_suspended
    FROM weelo.users AS d
    LEFT JOIN weelo.users AS t ON t.id = d.transporter_id AND t.role = 'transporter'
    WHERE d.phone = ${phone} AND d.role = 'driver'
  `;
  return driver;
}

/** P16: the caller must also end the sessions of a suspended account. */
export async function setSuspension(
  db: Database,
  account: { readonly phone: string; readonly role: Role },
  reason: string | null,
): Promise<UserRow | undefined> {
  const [user] = await db.$queryRaw<UserRow[]>`
    UPDATE weelo.users
    SET suspended_at = CASE WHEN ${reason}::text IS NULL THEN NULL ELSE COALESCE(suspended_at, now()) END,
        suspension_reason = ${reason},
        updated_at = now()
    WHERE phone = ${account.phone} AND role = ${account.role}::weelo.role
    RETURNING *
  `;
  return user;
}

export async function userByPhone(
  db: Database,
  account: { readonly phone: string; readonly role: Role },
): Promise<UserRow | undefined> {
  const [user] = await db.$queryRaw<UserRow[]>`
    SELECT * FROM weelo.users WHERE phone = ${account.phone} AND role = ${account.role}::weelo.role
  `;
  return user;
}
