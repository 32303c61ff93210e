import type { Database } from '../../platform/postgres/postgres.ts';

/** What is known of a driver whom a transporter wants to onboard, and of the transporter. */
interface Candidate {
  /** The name by which the driver knows the transporter; null if the transporter has given none. */
  readonly fleetName: string | null;
  readonly isInFleet: boolean;
  readonly isSuspended: boolean;
}

/** Finds nothing if the transporter's account does not exist (any more), or is suspended. */
export async function findCandidate(
  db: Database,
  { phone, transporterId }: { readonly phone: string; readonly transporterId: string },
): Promise<Candidate | undefined> {
  const [candidate] = await db.$queryRaw<Candidate[]>`
    SELECT COALESCE(t.company, t.name) AS "fleetName",
           d.transporter_id IS NOT NULL AS "isInFleet",
           d.suspended_at IS NOT NULL AS "isSuspended"
    FROM weelo.users AS t
    LEFT JOIN weelo.users AS d ON d.phone = ${phone} AND d.role = 'driver'
    WHERE t.id = ${transporterId}::uuid AND t.role = 'transporter' AND t.suspended_at IS NULL
  `;
  return candidate;
}

export interface Onboarding {
  /** The id for a new account, used if the phone has none yet. */
  readonly newId: string;
  readonly phone: string;
  readonly name: string;
  readonly licenseNumber: string | null;
  readonly email: string | null;
  readonly transporterId: string;
}

export interface MemberRow {
  readonly id: string;
  readonly name: string;
  readonly phone: string;
  readonly license_number: string | null;
  readonly verified_at: Date | null;
}

/**
 * Makes or finds a driver's account and puts it into a fleet. It is one statement: if two fleets onboard the same
 * driver at once, the second waits for the first, and then finds the driver taken. A driver who is in this fleet
 * already stays in it, so that an onboarding whose answer was lost can be repeated.
 */
export async function putIntoFleet(
  db: Database,
  { newId, phone, name, licenseNumber, email, transporterId }: Onboarding,
): Promise<MemberRow | undefined> {
  const [onboarded] = await db.$queryRaw<MemberRow[]>`
    INSERT INTO weelo.users AS d (id, role, phone, name, license_number, email, transporter_id, verified_at)
    SELECT ${newId}::uuid, 'driver', ${phone}, ${name}, ${licenseNumber}, ${email}, t.id, now()
    FROM weelo.users AS t
    WHERE t.id = ${transporterId}::uuid AND t.role = 'transporter' AND t.suspended_at IS NULL
    ON CONFLICT (phone, role) DO UPDATE
    SET name = EXCLUDED.name,
        license_number = COALESCE(EXCLUDED.license_number, d.license_number),
        email = COALESCE(EXCLUDED.email, d.email),
        transporter_id = EXCLUDED.transporter_id,
        verified_at = COALESCE(d.verified_at, now()),
        updated_at = now()
    WHERE d.suspended_at IS NULL
      AND (d.transporter_id IS NULL OR d.transporter_id = EXCLUDED.transporter_id)
    RETURNING d.id, d.name, d.phone, d.license_number, d.verified_at
  `;
  return onboarded;
}

/** P12: a driver of another fleet is not found. */
export async function findMember(
  db: Database,
  { phone, transporterId }: { readonly phone: string; readonly transporterId: string },
): Promise<MemberRow | undefined> {
  const [member] = await db.$queryRaw<MemberRow[]>`
    SELECT id, name, phone, license_number, verified_at FROM weelo.users
    WHERE phone = ${phone} AND role = 'driver' AND transporter_id = ${transporterId}::uuid
  `;
  return member;
}

interface Membership {
  readonly driverId: string;
  readonly transporterId: string;
}

/** P12: takes a driver out of a fleet, but only out of this one. */
export async function takeOutOfFleet(
  db: Database,
  { driverId, transporterId }: Membership,
): Promise<boolean> {
  const changed = await db.$executeRaw`
    UPDATE weelo.users
    SET transporter_id = NULL, former_transporter_id = transporter_id, updated_at = now()
    WHERE id = ${driverId}::uuid AND transporter_id = ${transporterId}::uuid
  `;
  return changed > 0;
}

/** P12: whether this fleet is the one that a driver left last. */
export async function hasLeftFleet(
  db: Database,
  { driverId, transporterId }: Membership,
): Promise<boolean> {
  const found = await db.$queryRaw<unknown[]>`
    SELECT 1 FROM weelo.users
    WHERE id = ${driverId}::uuid AND former_transporter_id = ${transporterId}::uuid
  `;
  return found.length > 0;
}
