import { AppError } from '../../contract/errors.ts';
import type { Postgres } from '../../platform/postgres/postgres.ts';
import { driverByPhone, type DriverRow } from '../accounts/account-store.ts';

/** A driver who may log in, and the transporter who is sent the code. */
export interface LoginDriver extends DriverRow {
  readonly transporter_id: string;
  readonly transporter_phone: string;
}

/** P15: no code for a phone that is no driver's, for a driver without a fleet, or if driver or fleet are suspended. */
export async function findLoginDriver(phone: string, postgres: Postgres): Promise<LoginDriver> {
  const driver = await postgres.run((db) => driverByPhone(db, phone));
  if (!driver) throw new AppError('DRIVER_NOT_FOUND');
  if (isSuspended(driver)) throw new AppError('ACCOUNT_SUSPENDED');
  if (!isInFleet(driver)) throw new AppError('TRANSPORTER_NOT_FOUND');
  return driver;
}

/** A driver who may have a code, even if suspended since. A suspension is only told to a caller who has the code. */
export async function findCodedDriver(
  phone: string,
  postgres: Postgres,
): Promise<LoginDriver | undefined> {
  const driver = await postgres.run((db) => driverByPhone(db, phone));
  return driver && isInFleet(driver) ? driver : undefined;
}

/** The driver is suspended, or the owner of the fleet is. */
export function isSuspended({ suspended_at, transporter_suspended }: DriverRow): boolean {
  return suspended_at !== null || transporter_suspended === true;
}

function isInFleet(driver: DriverRow): driver is LoginDriver {
  return driver.transporter_id !== null && driver.transporter_phone !== null;
}

/** Older rows may have no name, only a phone. */
export function nameOf({ name, phone }: Pick<DriverRow, 'name' | 'phone'>): string {
  return name ?? `Driver ${phone.slice(-4)}`;
}
