import { AppError } from '../../contract/errors.ts';
import type { Postgres } from '../../platform/postgres/postgres.ts';
import { driverByPhone, type DriverRow } from '../accounts/account-store.ts';

/** A driver who may log in, and the transporter who is sent the code for it. */
export interface LoginDriver extends DriverRow {
  readonly transporter_id: string;
  readonly transporter_phone: string;
}

/** P15: who is no driver, in no fleet, or suspended (or its fleet is) gets no code. */
export async function findLoginDriver(phone: string, postgres: Postgres): Promise<LoginDriver> {
  const driver = await postgres.run((db) => driverByPhone(db, phone));
  if (!driver) throw new AppError('DRIVER_NOT_FOUND');
  if (isSuspended(driver)) throw new AppError('ACCOUNT_SUSPENDED');
  if (!isInFleet(driver)) throw new AppError('TRANSPORTER_NOT_FOUND');
  return driver;
}

/** The driver who may have a code, suspended since or not: that is told to nobody who has none. */
export async function findCodedDriver(
  phone: string,
  postgres: Postgres,
): Promise<LoginDriver | undefined> {
  const driver = await postgres.run((db) => driverByPhone(db, phone));
  return driver && isInFleet(driver) ? driver : undefined;
}

/** Itself, or with its fleet's owner. */
export function isSuspended({ suspended_at, transporter_suspended }: DriverRow): boolean {
  return suspended_at !== null || transporter_suspended === true;
}

function isInFleet(driver: DriverRow): driver is LoginDriver {
  return driver.transporter_id !== null && driver.transporter_phone !== null;
}

/** Older rows may know a driver by the phone alone. */
export function nameOf({ name, phone }: Pick<DriverRow, 'name' | 'phone'>): string {
  return name ?? `Driver ${phone.slice(-4)}`;
}
