import type { SessionOwner } from '../../contract/wire.ts';
import type { Ids } from '../../platform/ids.ts';
import type { Postgres } from '../../platform/postgres/postgres.ts';
import type { SignAccessToken } from './access-token.ts';
import { hashOf, newRefreshToken } from './refresh-token.ts';
import type { SessionMirror } from './session-mirror.ts';
import type { NewSession } from './session-store.ts';

/** What the client says about the device that a user logs in on. */
export interface Device {
  readonly deviceId?: string | undefined;
  readonly deviceName?: string | undefined;
}

export interface OpenSessionDeps {
  readonly postgres: Postgres;
  readonly mirror: SessionMirror;
  readonly sign: SignAccessToken;
  readonly ids: Ids;
}

export interface PreparedSession extends NewSession {
  readonly refreshToken: string;
}

/** A session that is not opened yet. Its token is made first; only its hash is stored. */
export function prepareSession({ deviceId, deviceName }: Device, ids: Ids): PreparedSession {
  const refreshToken = newRefreshToken();
  return { id: ids.next(), refreshToken, refreshHash: hashOf(refreshToken), deviceId, deviceName };
}

/** To be called once the session is in PostgreSQL. Answers the tokens for its owner. */
export async function tokensFor(
  { refreshToken, refreshHash, id, deviceId }: PreparedSession,
  owner: Pick<SessionOwner, 'userId' | 'role'> & { readonly expiresAt: Date },
  { mirror, sign }: Pick<OpenSessionDeps, 'mirror' | 'sign'>,
) {
  const { userId, role, expiresAt } = owner;
  const mirrored = { sessionId: id, userId, role, deviceId: deviceId ?? null };
  const [signed] = await Promise.all([
    sign({ userId, role, sessionId: id }, expiresAt),
    mirror.keep(mirrored, refreshHash, expiresAt),
  ]);
  return { ...signed, refreshToken };
}
