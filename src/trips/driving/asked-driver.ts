import { AppError } from '../../contract/errors.ts';
import type { Role } from '../../contract/wire.ts';
import { checkIsInFleet } from '../../fleet/drivers/show-driver.ts';
import type { Postgres } from '../../platform/postgres/postgres.ts';

export interface Asking {
  readonly userId: string;
  readonly role: Role;
  /** For a transporter: whom it asks for. */
  readonly driverId?: string | undefined;
}

export interface AskedDriver {
  readonly driverId: string;
  /** Set if it is the transporter who asks. */
  readonly transporterId?: string;
}

/** Whose figures are meant. P12: a driver sees the own ones, and a transporter those of its own drivers. */
export async function askedDriver(
  { userId, role, driverId }: Asking,
  deps: { readonly postgres: Postgres },
): Promise<AskedDriver> {
  if (role === 'driver') return { driverId: userId };
  if (driverId === undefined) throw new AppError('DRIVER_NOT_FOUND');
  await checkIsInFleet({ driverId, transporterId: userId }, deps);
  return { driverId, transporterId: userId };
}
