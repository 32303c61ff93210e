import * as z from 'zod';
import { CustomerProfile, TransporterProfile } from '../../contract/http/auth/accounts.ts';
import { line } from '../../contract/text.ts';
import { roles, type Role } from '../../contract/wire.ts';
import { maskedPhone } from '../../identity/accounts/phone.ts';
import type { SourceRow } from '../source/predecessor-store.ts';
import type { Candidate, Refusal } from './candidate.ts';
import { idHere, instantOf, optionalFields, textOf } from './fields.ts';
import { masked, mobileFrom, shownId, shownText } from './shown.ts';

type AccountSource = 'users' | 'drivers';

/** Who an account is here. It takes the fields `id`, `phone` and `role` alone. */
export interface AccountKey {
  readonly id: string;
  readonly role: Role;
  readonly phone: string;
  readonly key: string;
}

export const keyOfAccount = (phone: string, role: Role) => `${phone}:${role}`;

/** What is read of a row to know its key. */
export const keyFieldsOfAccount = ['phone', 'role'];

/** A row of the drivers' own table needs no role. */
export function roleOf(source: AccountSource, { fields }: SourceRow): Role | undefined {
  if (source === 'drivers') return 'driver';
  const said = textOf(fields['role'])?.toLowerCase();
  return roles.find((role) => role === said);
}

export function accountKey(source: AccountSource, row: SourceRow): AccountKey | Refusal {
  const { sourceId, fields } = row;
  const shown = shownId(sourceId);
  const role = roleOf(source, row);
  if (!role) {
    const said = shownText(textOf(fields['role']));
    return { refused: { reason: 'role-unknown', example: `${shown}: ${said}` } };
  }
  const typed = textOf(fields['phone']);
  if (typed === undefined) return { refused: { reason: 'no-phone', example: shown } };
  const phone = mobileFrom(typed);
  if (phone === undefined) {
    return { refused: { reason: 'phone-malformed', example: `${shown}: ${masked(typed)}` } };
  }
  return { id: idHere(source, sourceId), role, phone, key: keyOfAccount(phone, role) };
}

export function mapAccount(source: AccountSource, row: SourceRow): Candidate | Refusal {
  const account = accountKey(source, row);
  if ('refused' in account) return account;
  const { sourceId, fields } = row;
  const { id, role, phone, key } = account;
  const isDriver = role === 'driver';
  const fleetOf = isDriver ? textOf(fields['transporterId']) : undefined;
  const example = `${shownId(sourceId)}: ${maskedPhone(phone)}`;
  if (isDriver && fleetOf === undefined) {
    return { refused: { reason: 'no-transporter', example } };
  }
  const { leftOut, values } = profileOf(row);
  const isSuspended = fields['isActive'] === false;
  return {
    source,
    sourceId,
    id,
    key,
    example,
    fleetOf,
    values: { role, phone, ...values, is_suspended: isSuspended },
    createdAt: instantOf(fields['createdAt']) ?? null,
    leftOut,
    notes: isSuspended ? [{ reason: 'suspended', example }] : [],
  };
}

const { email, company, gstNumber, panNumber, address, city, state } = TransporterProfile.shape;
const { name, profilePhoto } = CustomerProfile.shape;
const language = z.string().regex(/^[a-z]{2,3}$/);

function profileOf({ sourceId, fields }: SourceRow) {
  const { text, leftOut } = optionalFields(fields, sourceId);
  const values = {
    name: text('name', name),
    email: text('email', email) ?? null,
    profile_photo: text('profilePhoto', profilePhoto) ?? null,
    company: text('company', company) ?? null,
    gst_number: text('gstNumber', gstNumber) ?? null,
    pan_number: text('panNumber', panNumber) ?? null,
    address: text('address', address) ?? null,
    city: text('city', city) ?? null,
    state: text('state', state) ?? null,
    license_number: text('licenseNumber', line(60)),
    preferred_language: text('preferredLanguage', language),
  };
  return { values, leftOut };
}
