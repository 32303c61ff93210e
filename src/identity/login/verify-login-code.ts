import { AppError } from '../../contract/errors.ts';
import { userView } from '../accounts/account.ts';
import { loginSubject } from '../codes/login-code.ts';
import {
  prepareSession,
  tokensFor,
  type Device,
  type OpenSessionDeps,
} from '../sessions/open-session.ts';
import { loginPhoneFrom } from '../accounts/phone.ts';
import { logIn } from '../sessions/session-store.ts';
import { useCode, type UseCodeDeps } from '../codes/use-code.ts';

interface Input {
  readonly phone: string;
  readonly role: 'customer' | 'transporter';
  readonly otp: string;
  readonly device: Device;
}

const errors = { wrong: 'INVALID_OTP', none: 'OTP_EXPIRED' } as const;

/** Logs a user in, with the code that was sent to the phone. The first login makes the account. */
export async function verifyLoginCode(input: Input, deps: UseCodeDeps & OpenSessionDeps) {
  const { role, otp, device } = input;
  const phone = loginPhoneFrom(input.phone, role);
  const { postgres, ids } = deps;
  return useCode({ subject: loginSubject(phone, role), code: otp, errors }, deps, async () => {
    const session = prepareSession(device, ids);
    const account = { newId: ids.next(), phone, role };
    const user = await postgres.run((db) => logIn(db, account, session));
    if (!user.expires_at) throw new AppError('ACCOUNT_SUSPENDED');
    return {
      user: userView(user),
      tokens: await tokensFor(session, { userId: user.id, role, expiresAt: user.expires_at }, deps),
      isNewUser: user.is_new,
      preferredLanguage: user.preferred_language,
    };
  });
}
