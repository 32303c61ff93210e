import { createLocalJWKSet, errors, jwtVerify } from 'jose';
import * as z from 'zod';
import { AppError } from '../contract/errors.ts';
import { roles, type Caller } from '../contract/wire.ts';
import type { Clock } from '../platform/clock.ts';
import type { ReadPublicKeys } from './public-keys.ts';

/** Who our tokens say they are from. */
export const tokenIssuer = 'weelo';

const Claims = z.object({ sub: z.string().min(1), role: z.enum(roles), sid: z.string().min(1) });

/** P17: who an access token belongs to, if one of our keys signed it and its time has not run out. */
export function identifyBy(readKeys: ReadPublicKeys, clock: Clock) {
  return async (token: string): Promise<Caller> => {
    // Read first: when the keys cannot be had, that says nothing about the token.
    const keys = createLocalJWKSet(await readKeys());
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: ['ES256'],
        issuer: tokenIssuer,
        requiredClaims: ['exp'],
        currentDate: clock.now(),
      });
      const { sub, role, sid } = Claims.parse(payload);
      return { userId: sub, role, sessionId: sid };
    } catch (cause) {
      const expired = cause instanceof errors.JWTExpired;
      throw new AppError(expired ? 'TOKEN_EXPIRED' : 'INVALID_TOKEN', { cause });
    }
  };
}
