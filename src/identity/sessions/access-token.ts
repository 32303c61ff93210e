import { createLocalJWKSet, jwtVerify, SignJWT } from 'jose';
import * as z from 'zod';
import { AppError } from '../../contract/errors.ts';
import { roles, type Caller, type SessionOwner, type Role } from '../../contract/wire.ts';
import type { Clock } from '../../platform/clock.ts';
import { Recent } from '../../platform/recent.ts';
import type { EndedSessions } from './ended-sessions.ts';
import type { ReadPublicKeys } from '../keys/public-keys.ts';
import type { ReadSigningKey } from '../keys/signing-key.ts';

/** The issuer in our tokens. */
export const tokenIssuer = 'weelo';

const hour = 3600;
/**
 * P17: how long an access token lives, in seconds, unless its session ends before. The shipped customer app shows the
 * login screen when it starts without a live token, and treats the last 300 seconds as expired. A life of this length
 * is safe, because every request checks whether the session was ended.
 */
const accessTokenLives: Readonly<Record<Role, number>> = {
  customer: 7 * 24 * hour,
  transporter: hour,
  driver: hour,
};
export const longestAccessTokenLife = Math.max(...Object.values(accessTokenLives));

const Claims = z.object({
  sub: z.string().min(1),
  role: z.enum(roles),
  sid: z.string().min(1),
  exp: z.number(),
});

/** Why a token is refused that is good itself. Only the shipped apps are told so, on their sockets. */
export class SessionHasEnded extends Error {}

/** Answers who an access token belongs to. Throws UNAUTHORIZED. */
export type Identify = (accessToken: string) => Promise<Caller>;

/** After this time a token is verified again. So the tokens of a removed key stop working. */
const verifiedMs = 20_000;
/** How many verified tokens one environment remembers. */
const mostVerified = 5_000;

interface Verified {
  readonly caller: Caller;
  /** In milliseconds since 1970. */
  readonly verifiedAt: number;
}

/**
 * P17: who an access token belongs to, if one of our keys signed it, it has not expired, and its session was not ended.
 * If an app sends many requests, its token is verified only once in 20 s.
 */
export function identifyBy(
  readKeys: ReadPublicKeys,
  endedSessions: Pick<EndedSessions, 'has'>,
  clock: Clock,
): Identify {
  const keySetOf = lastResult(createLocalJWKSet);
  const recent = new Recent<Verified>(mostVerified);

  const verify = async (token: string): Promise<Verified> => {
    // Read outside the try: if the keys cannot be read, the token may still be valid.
    const keys = keySetOf(await readKeys());
    const now = clock.now();
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: ['ES256'],
        issuer: tokenIssuer,
        requiredClaims: ['exp'],
        currentDate: now,
      });
      const { sub, role, sid, exp } = Claims.parse(payload);
      const caller = { userId: sub, role, sessionId: sid, tokenEndsAt: exp * 1000 };
      return { caller, verifiedAt: now.getTime() };
    } catch (cause) {
      throw new AppError('UNAUTHORIZED', { cause });
    }
  };
  const callerIn = async (token: string): Promise<Caller> => {
    const known = recent.get(token);
    const now = clock.now().getTime();
    if (known && now < known.caller.tokenEndsAt && now - known.verifiedAt < verifiedMs)
      return known.caller;
    const verified = await verify(token);
    recent.set(token, verified);
    return verified.caller;
  };
  return async (token) => {
    const caller = await callerIn(token);
    if (await endedSessions.has(caller.sessionId)) {
      throw new AppError('UNAUTHORIZED', { cause: new SessionHasEnded() });
    }
    return caller;
  };
}

interface SignedToken {
  readonly accessToken: string;
  /** In seconds. */
  readonly expiresIn: number;
}

/** Signs access tokens. Only auth can read the key, and operate, because it rotates the keys. */
export type SignAccessToken = (owner: SessionOwner, sessionEndsAt: Date) => Promise<SignedToken>;

/** P17: no token outlives its session. */
export function signBy(readKey: ReadSigningKey, clock: Clock): SignAccessToken {
  return async ({ userId, role, sessionId }, sessionEndsAt) => {
    const { kid, key } = await readKey();
    const now = secondsOf(clock.now());
    const expiresIn = Math.min(accessTokenLives[role], secondsOf(sessionEndsAt) - now);
    // The session had not expired when it was read, by the clock of the store.
    if (expiresIn <= 0) throw new AppError('INVALID_REFRESH_TOKEN');
    const accessToken = await new SignJWT({ role, sid: sessionId })
      .setProtectedHeader({ alg: 'ES256', kid })
      .setSubject(userId)
      .setIssuer(tokenIssuer)
      .setIssuedAt(now)
      .setExpirationTime(now + expiresIn)
      .sign(key);
    return { accessToken, expiresIn };
  };
}

const secondsOf = (instant: Date) => Math.floor(instant.getTime() / 1000);

/** Computes again only if the argument changed. Importing a key takes as long as verifying with it. */
function lastResult<A extends object, R>(compute: (argument: A) => R): (argument: A) => R {
  let last: { readonly argument: A; readonly result: R } | undefined;
  return (argument) => {
    if (last?.argument !== argument) last = { argument, result: compute(argument) };
    return last.result;
  };
}
