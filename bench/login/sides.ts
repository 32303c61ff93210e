import { profileSides } from './profile.ts';
import { verificationSides } from './verification.ts';
import { verifyOtpSides } from './verify-otp.ts';
import { warmAuth } from './warm-auth.ts';

/** What is measured: each by our code, and by clients that do nothing else. */
export async function openLoginSides(variables: Readonly<Record<string, string>>) {
  const auth = await warmAuth(variables);
  return {
    verifyOtp: verifyOtpSides(auth),
    profile: await profileSides(auth),
    verification: await verificationSides(auth),
    close: auth.close,
  };
}
