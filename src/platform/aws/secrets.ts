import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { awsPatience, type AwsPatience } from './aws.ts';
import type { Clock } from '../clock.ts';

/** Reads a secret's text. Undefined while the secret has no value. */
export type ReadSecret = (arn: string) => Promise<string | undefined>;
export type WriteSecret = (arn: string, text: string) => Promise<void>;

export function openSecrets(patience: AwsPatience = awsPatience): {
  readonly read: ReadSecret;
  readonly write: WriteSecret;
} {
  const client = new SecretsManagerClient(patience);
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

/** The JSON value of a secret. The parser's own error would quote the secret, so we throw another one. */
export function jsonOfSecret(text: string, arn: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`The secret ${arn} is no JSON: its value was written wrong`);
  }
}

/** A value that is read again after some time. */
export interface Kept<T> {
  (): Promise<T>;
  /** Says that the cached value is wrong: the next caller reads it again. */
  forget(): void;
}

/** How much longer, in seconds, the old value is used if it cannot be read again. */
const staleSeconds = 3600;
/** How many seconds pass after a failed read before the next try. */
const pauseSeconds = 10;

/** The greatest age of a value that is cached for so many seconds. */
export function oldestKeptSeconds(seconds: number): number {
  return seconds + staleSeconds + pauseSeconds;
}

/**
 * Caches what is read for a while. Environments live for hours, so a rotated secret must be read again. If it cannot be
 * read, the old value is used: a fault of Secrets Manager must not become a fault of ours.
 */
export function keptFor<T>(seconds: number, clock: Clock, read: () => Promise<T>): Kept<T> {
  let kept: { readonly value: Promise<T>; readonly until: number } | undefined;
  let last: { readonly value: T; readonly at: number } | undefined;

  const readAgain = async (): Promise<T> => {
    const now = clock.now().getTime();
    try {
      const value = await read();
      last = { value, at: now };
      return value;
    } catch (error) {
      if (!last || now > last.at + (seconds + staleSeconds) * 1000) {
        kept = undefined;
        throw error;
      }
      kept = { value: Promise.resolve(last.value), until: now + pauseSeconds * 1000 };
      return last.value;
    }
  };

  const get = (): Promise<T> => {
    const now = clock.now().getTime();
    if (kept && now < kept.until) return kept.value;
    const value = readAgain();
    kept = { value, until: now + seconds * 1000 };
    return value;
  };
  const forget = () => {
    kept = undefined;
    last = undefined;
  };
  return Object.assign(get, { forget });
}
