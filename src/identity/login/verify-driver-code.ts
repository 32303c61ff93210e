import { AppError } from '../../contract/errors.ts';
import { findCodedDriver, isSuspended, nameOf, type LoginDriver } from './find-login-driver.ts';
import { driverSubject } from '../codes/login-code.ts';
import {
  prepareSession,
  tokensFor,
  type Device,
  type OpenSessionDeps,
} from '../sessions/open-session.ts';
import { phoneFrom } from '../accounts/phone.ts';
import { logInDriver } from '../sessions/session-store.ts';
import { useCode, type UseCodeDeps } from '../codes/use-code.ts';

interface Input {
  readonly driverPhone: string;
  readonly otp: string;
  readonly device: Device;
}

const errors = { wrong: 'OTP_INVALID', none: 'OTP_NOT_FOUND' } as const;

/** No code is bound to it. */
const noMembership = { id: '', transporterId: '' };

/** P15: logs a driver in, with the code that was sent to the transporter. */
export async function verifyDriverCode(input: Input, deps: UseCodeDeps & OpenSessionDeps) {
  const phone = phoneFrom(input.driverPhone, 'driverPhone');
  const { postgres, ids } = deps;
  const driver = await findCodedDriver(phone, postgres);
  const membership = driver
    ? { id: driver.id, transporterId: driver.transporter_id }
    : noMembership;
  // P14: the same is done for a phone that is no driver's. Neither answer nor timing tells who is a driver.
  const subject = driverSubject(phone, membership);
  return useCode({ subject, code: input.otp, errors }, deps, async () => {
    if (!driver) throw new AppError('OTP_NOT_FOUND');
    const session = prepareSession(input.device, ids);
    const opened = await postgres.run((db) => logInDriver(db, membership, session));
    // The driver was suspended after the code was sent, or left the fleet after the look-up above.
    if (!opened) throw new AppError(isSuspended(driver) ? 'ACCOUNT_SUSPENDED' : 'OTP_NOT_FOUND');
    const owner = { userId: driver.id, role: 'driver', expiresAt: opened.expires_at } as const;
    return {
      ...(await tokensFor(session, owner, deps)),
      role: 'DRIVER' as const,
      driver: view(driver),
    };
  });
}

/** These answers make the Captain app skip two screens that only the predecessor needs. */
const skipped = { preferredLanguage: 'en', isProfileCompleted: true };

function view(driver: LoginDriver) {
  return {
    ...skipped,
    id: driver.id,
    name: nameOf(driver),
    phone: driver.phone,
    transporterId: driver.transporter_id,
    transporterName: driver.transporter_name ?? 'Your transporter',
    licenseNumber: driver.license_number,
    profilePhoto: driver.profile_photo,
    ...(driver.preferred_language !== null && { preferredLanguage: driver.preferred_language }),
  };
}
