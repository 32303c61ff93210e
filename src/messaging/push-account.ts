import type { Clock } from '../platform/clock.ts';
import { ServiceAccount } from '../platform/google/access-token.ts';
import type { PostPush, Pushed, PushMessage } from '../platform/google/fcm.ts';
import { jsonOfSecret, keptFor, type ReadSecret } from '../platform/aws/secrets.ts';

/** Sends one message to one device. `off`: this stage has no Firebase account. */
export type Push = (message: PushMessage) => Promise<Pushed | 'off'>;

/** An account that an operator wrote is used after this time at the latest. */
const keptSeconds = 300;

export function pushBy(post: PostPush, readSecret: ReadSecret, arn: string, clock: Clock): Push {
  const readAccount = keptFor(keptSeconds, clock, () => pushAccount(readSecret, arn));
  return async (message) => {
    const account = await readAccount();
    return account ? post(message, account) : 'off';
  };
}

/** The Firebase account of this stage, if an operator has written one. */
export async function pushAccount(
  readSecret: ReadSecret,
  arn: string,
): Promise<ServiceAccount | undefined> {
  const text = await readSecret(arn);
  if (text === undefined) return undefined;
  const { data } = ServiceAccount.safeParse(jsonOfSecret(text, arn));
  if (!data) throw new Error(`The secret ${arn} is no Firebase service account`);
  return data;
}
