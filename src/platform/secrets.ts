import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { awsPatience } from './aws.ts';
import type { Clock } from './clock.ts';

/** Reads a secret's text; undefined while it has none. */
export type ReadSecret = (arn: string) => Promise<string | undefined>;
export type WriteSecret = (arn: string, text: string) => Promise<void>;

export function openSecrets(): { readonly read: ReadSecret; readonly write: WriteSecret } {
  const client = new SecretsManagerClient(awsPatience);
  return {
    read: async (arn) => {
      try {
        return (await client.send(new GetSecretValueCommand({ SecretId: arn }))).SecretString;
      } catch (error) {
        // A secret that was made without a value has no version to read yet.
        if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
        throw error;
      }
    },
    write: async (arn, text) => {
      await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: text }));
    },
  };
}

/** Keeps what a secret says for a while: environments live for hours, rotations must reach them. */
export function keptFor<T>(seconds: number, clock: Clock, read: () => Promise<T>) {
  let kept: { readonly value: Promise<T>; readonly until: number } | undefined;
  return (): Promise<T> => {
    const now = clock.now().getTime();
    if (kept && now < kept.until) return kept.value;
    const value = read();
    kept = { value, until: now + seconds * 1000 };
    // A failed read is not kept, so that the next caller tries again.
    value.catch(() => (kept = undefined));
    return value;
  };
}
