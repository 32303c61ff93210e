import { AppError } from '../../contract/errors.ts';
import { logger } from '../../platform/logs/observability.ts';
import type { Database } from '../../platform/postgres/postgres.ts';
import type { SignAccessToken } from './access-token.ts';
import { endSessions, type EndSessionsDeps } from './end-sessions.ts';
import {
  hashOf,
  newRefreshToken,
  openSuccessor,
  sealSuccessor,
  verdictOn,
} from './refresh-token.ts';
import {
  lockSessionOf,
  replaceToken,
  tokensOf,
  touchSession,
  type Owner,
} from './session-store.ts';

interface Input {
  readonly refreshToken: string;
  readonly rotate: boolean;
  readonly deviceId: string | undefined;
}

interface Deps extends EndSessionsDeps {
  readonly sign: SignAccessToken;
}

/** P16: a new access token for an old session. */
export async function refreshSession(input: Input, deps: Deps) {
  const { refreshToken, rotate } = input;
  const owner = rotate ? undefined : await ownerOf(input, deps);
  if (owner) return answer(owner, refreshToken, deps);
  const rotated = await rotateToken(input, deps);
  return answer(rotated.owner, rotated.refreshToken, deps);
}

/** Writes the session to the mirror again: Redis may have lost it since the login. */
async function answer(owner: Owner, refreshToken: string, { sign, mirror }: Deps) {
  const { expiresAt, sessionId, userId, role, deviceId } = owner;
  const [signed] = await Promise.all([
    sign(owner, expiresAt),
    mirror.keep({ sessionId, userId, role, deviceId }, hashOf(refreshToken), expiresAt),
  ]);
  return { ...signed, refreshToken };
}

/** The owner of a token, if the token is the current one. While PostgreSQL is away, the mirror is asked. */
async function ownerOf(input: Input, { postgres, mirror, endedSessions }: Deps) {
  const { refreshToken, deviceId } = input;
  const hash = hashOf(refreshToken);
  try {
    return await postgres.run((db) => touchSession(db, hash, deviceId));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const mirrored = await mirror.find(hash).catch(() => undefined);
    if (!mirrored || (await endedSessions.has(mirrored.sessionId))) throw error;
    const isOther = mirrored.deviceId !== null && deviceId !== undefined;
    if (isOther && mirrored.deviceId !== deviceId) throw new AppError('INVALID_REFRESH_TOKEN');
    logger.warn('A session was refreshed from the mirror: PostgreSQL is away', {
      sessionId: mirrored.sessionId,
    });
    return mirrored;
  }
}

/** Replaces a current token. Repeats the answer for a token that was just replaced. For any other, ends the session. */
async function rotateToken(input: Input, deps: Deps) {
  const presented = await deps.postgres.transaction((db) => present(db, input));
  if ('refreshToken' in presented) {
    await deps.mirror.forget([
      { userId: presented.owner.userId, refreshHash: hashOf(input.refreshToken) },
    ]);
    return presented;
  }
  if (presented.revoked) {
    logger.warn('A replaced refresh token was presented', {
      sessionId: presented.revoked.sessionId,
    });
    await endSessions(presented.revoked, deps);
  }
  throw new AppError(presented.refusal);
}

type Presented =
  | { readonly owner: Owner; readonly refreshToken: string }
  | {
      readonly refusal: 'INVALID_REFRESH_TOKEN' | 'ACCOUNT_SUSPENDED';
      readonly revoked?: Owner;
    };

async function present(db: Database, input: Input): Promise<Presented> {
  const { refreshToken, rotate, deviceId } = input;
  const hash = hashOf(refreshToken);
  const session = await lockSessionOf(db, hash, deviceId);
  if (session?.isSuspended) return { refusal: 'ACCOUNT_SUSPENDED' };
  if (!session?.isOpen || session.isOtherDevice) return { refusal: 'INVALID_REFRESH_TOKEN' };

  const { sessionId, userId, role, expiresAt } = session;
  const owner = { sessionId, userId, role, deviceId: session.deviceId, expiresAt };
  const tokens = await tokensOf(db, session.sessionId, hash);
  const token = tokens.find((each) => each.hash === hash);
  const serving = tokens.find((each) => each.isServing);
  if (!token || !serving) return { refusal: 'INVALID_REFRESH_TOKEN' };
  const successor =
    token.sealedSuccessor === null ? undefined : openSuccessor(token.sealedSuccessor, refreshToken);
  const successorServes = successor !== undefined && hashOf(successor) === serving.hash;

  const verdict = verdictOn({ ...token, successorServes });
  if (verdict === 'revoke') return { refusal: 'INVALID_REFRESH_TOKEN', revoked: owner };
  if (verdict === 'repeat' && successor !== undefined) return { owner, refreshToken: successor };
  if (!rotate) return { owner, refreshToken };
  const next = newRefreshToken();
  await replaceToken(db, session.sessionId, {
    hash,
    sealedSuccessor: sealSuccessor(next, refreshToken),
    successorHash: hashOf(next),
  });
  return { owner, refreshToken: next };
}
