import type * as z from 'zod';
import type { CustomerProfile, TransporterProfile } from '../../contract/http/auth/accounts.ts';
import { AppError } from '../../contract/errors.ts';
import type { SessionOwner } from '../../contract/wire.ts';
import type { Postgres } from '../../platform/postgres/postgres.ts';
import { changeProfile, userById, type ProfileChange, type UserRow } from './account-store.ts';
import { profileView, userView } from './account.ts';

interface Deps {
  readonly postgres: Postgres;
}

/** The profile, with the field names that the two apps read. */
export async function getProfile({ userId }: SessionOwner, { postgres }: Deps) {
  return bothNames(await postgres.run((db) => userById(db, userId)));
}

export async function getMe({ userId }: SessionOwner, { postgres }: Deps) {
  return { user: userView(existing(await postgres.run((db) => userById(db, userId)))) };
}

export async function updateCustomer(
  { userId }: SessionOwner,
  { name, email, company, gstNumber, profilePhoto }: z.output<typeof CustomerProfile>,
  deps: Deps,
) {
  const change = { name, email, company, gst_number: gstNumber, profile_photo: profilePhoto };
  return update(userId, change, deps);
}

export async function updateTransporter(
  { userId }: SessionOwner,
  { gstNumber, panNumber, ...rest }: z.output<typeof TransporterProfile>,
  deps: Deps,
) {
  return update(userId, { ...rest, gst_number: gstNumber, pan_number: panNumber }, deps);
}

async function update(userId: string, change: ProfileChange, { postgres }: Deps) {
  return bothNames(await postgres.run((db) => changeProfile(db, userId, change)));
}

function bothNames(row: UserRow | undefined) {
  const profile = profileView(existing(row));
  return { profile, user: profile };
}

/** An access token may be valid for longer than its account exists. */
function existing(row: UserRow | undefined): UserRow {
  if (!row) throw new AppError('UNAUTHORIZED');
  return row;
}
