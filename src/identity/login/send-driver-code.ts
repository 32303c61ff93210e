import type { Postgres } from '../../platform/postgres/postgres.ts';
import { findLoginDriver, nameOf } from './find-login-driver.ts';
import { issueCode, type IssueCodeDeps } from '../codes/issue-code.ts';
import { codeLife, driverSubject } from '../codes/login-code.ts';
import { maskedPhone, phoneFrom } from '../accounts/phone.ts';

interface Deps extends IssueCodeDeps {
  readonly postgres: Postgres;
}

interface Input {
  readonly driverPhone: string;
  readonly address: string;
}

/** P15: a driver's code goes to the transporter. The SMS says which driver it is for. */
export async function sendDriverCode({ driverPhone, address }: Input, deps: Deps) {
  const phone = phoneFrom(driverPhone, 'driverPhone');
  const driver = await findLoginDriver(phone, deps.postgres);
  const driverName = nameOf(driver);
  const subject = driverSubject(phone, { id: driver.id, transporterId: driver.transporter_id });
  await issueCode(
    {
      subject,
      smsWith: (code) => ({
        to: driver.transporter_phone,
        template: 'driver-login',
        values: { code, driverName, driverPhone: phone },
      }),
      address,
    },
    deps,
  );
  return {
    transporterPhoneMasked: maskedPhone(driver.transporter_phone),
    driverId: driver.id,
    driverName,
    expiresInMinutes: codeLife / 60,
  };
}
