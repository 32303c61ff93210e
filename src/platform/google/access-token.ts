import { importPKCS8, SignJWT } from 'jose';
import * as z from 'zod';
import type { Clock } from '../clock.ts';

/** A service account, as Google's console exports it: the fields that we need. */
export const ServiceAccount = z.object({
  project_id: z.string().regex(/^[a-z0-9-]{1,63}$/),
  client_email: z.email(),
  private_key: z.string().min(1),
});
export type ServiceAccount = z.output<typeof ServiceAccount>;

const scope = 'https://www.googleapis.com/auth/firebase.messaging';
/** How long Google may take, in milliseconds. */
const patienceMs = 1500;
/** A token is replaced so many milliseconds before it expires. */
const marginMs = 60_000;

const Granted = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

interface Kept {
  readonly accountOf: string;
  readonly token: string;
  readonly endsAt: number;
}

export interface GoogleTokens {
  /** A token for this account. The last one is kept as long as it lives. */
  tokenFor(account: ServiceAccount): Promise<string>;
  /** Says that Google refused the token. */
  forget(): void;
}

/** `baseUrl` is that of Google's token endpoint. */
export function openGoogleTokens(baseUrl: string, clock: Clock): GoogleTokens {
  let kept: Kept | undefined;
  return {
    forget: () => {
      kept = undefined;
    },
    tokenFor: async (account) => {
      const now = clock.now().getTime();
      if (kept?.accountOf === account.private_key && now < kept.endsAt - marginMs)
        return kept.token;
      const body = new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion: await assertionOf(account, now),
      });
      const signal = AbortSignal.timeout(patienceMs);
      const response = await fetch(`${baseUrl}/token`, { method: 'POST', body, signal });
      if (!response.ok) throw new Error(`Google gave no access token: ${response.status}`);
      const { access_token: token, expires_in } = Granted.parse(await response.json());
      kept = { accountOf: account.private_key, token, endsAt: now + expires_in * 1000 };
      return token;
    },
  };
}

async function assertionOf({ client_email, private_key }: ServiceAccount, now: number) {
  const seconds = Math.floor(now / 1000);
  return new SignJWT({ scope })
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(client_email)
    .setAudience('https://oauth2.googleapis.com/token')
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + 3600)
    .sign(await importPKCS8(private_key, 'RS256'));
}
