import * as z from 'zod';
import type { ServiceAccount, GoogleTokens } from './access-token.ts';

export interface PushMessage {
  /** The device's own token. */
  readonly device: string;
  /** FCM takes texts only. */
  readonly data: Readonly<Record<string, string>>;
  /** After this time a phone that was off need not be told any more. */
  readonly lifeSeconds: number;
}

/**
 * `unregistered`: the app was removed from the device, or its token was replaced. `refused`: FCM does not take this
 * message, and will not take it later.
 */
export type Pushed = 'pushed' | 'unregistered' | 'refused';

export type PostPush = (message: PushMessage, account: ServiceAccount) => Promise<Pushed>;

/** How long FCM may take, in milliseconds. */
const patienceMs = 1500;

const Refusal = z.object({
  error: z.object({
    details: z.array(z.looseObject({ errorCode: z.string().optional() })).default([]),
  }),
});

/** Firebase Cloud Messaging, HTTP v1. `baseUrl` is that of FCM. Errors contain neither the device nor the data. */
export function openFcm(baseUrl: string, tokens: GoogleTokens): PostPush {
  const post = async ({ device, data, lifeSeconds }: PushMessage, account: ServiceAccount) => {
    const token = await tokens.tokenFor(account);
    return fetch(`${baseUrl}/v1/projects/${account.project_id}/messages:send`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        message: { token: device, data, android: { priority: 'high', ttl: `${lifeSeconds}s` } },
      }),
      signal: AbortSignal.timeout(patienceMs),
    });
  };
  return async (message, account) => {
    let response = await post(message, account);
    if (response.status === 401) {
      tokens.forget();
      response = await post(message, account);
    }
    if (response.ok) return 'pushed';
    if (await isUnregistered(response)) return 'unregistered';
    if (response.status === 400) return 'refused';
    throw new Error(`FCM refused a message: ${response.status}`);
  };
}

async function isUnregistered(response: Response): Promise<boolean> {
  if (response.status !== 404) return false;
  const { data } = Refusal.safeParse(await response.json().catch(() => undefined));
  return data?.error.details.some(({ errorCode }) => errorCode === 'UNREGISTERED') ?? false;
}
