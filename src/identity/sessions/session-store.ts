import { sessionDays } from './session-life.ts';
import type { Role } from '../../contract/wire.ts';
import { sql, type Database } from '../../platform/postgres/postgres.ts';
import type { UserRow } from '../accounts/account-store.ts';
import { graceSeconds } from './refresh-token.ts';

/** How many replaced tokens a session remembers, so that an old one is recognised. */
const mostReplaced = 100;
/** A list shows at most this many sessions. */
const mostListed = 50;

export interface NewSession {
  readonly id: string;
  readonly refreshHash: string;
  readonly deviceId: string | undefined;
  readonly deviceName: string | undefined;
}

export interface LoggedIn extends UserRow {
  readonly is_new: boolean;
  /** Null if no session was opened because the account is suspended. */
  readonly expires_at: Date | null;
}

/** Opens a session. The first login also makes the account. It is one statement: all of it is written, or nothing. */
export async function logIn(
  db: Database,
  account: { readonly newId: string; readonly phone: string; readonly role: Role },
  session: NewSession,
): Promise<LoggedIn> {
  const [opened] = await db.$queryRaw<LoggedIn[]>`
    WITH account AS (
      INSERT INTO weelo.users AS u (id, role, phone, verified_at)
      VALUES (${account.newId}::uuid, ${account.role}::weelo.role, ${account.phone}, now())
      ON CONFLICT (phone, role) DO UPDATE SET verified_at = COALESCE(u.verified_at, now())
      RETURNING u.*
    ), session AS (
      INSERT INTO weelo.sessions (id, user_id, device_id, device_name, expires_at)
      SELECT ${session.id}::uuid, id, ${session.deviceId ?? null}, ${session.deviceName ?? null},
             now() + ${sessionDays}::int * interval '1 day'
      FROM account
      WHERE suspended_at IS NULL
      RETURNING id, expires_at
    ), token AS (
      INSERT INTO weelo.refresh_tokens (hash, session_id)
      SELECT ${session.refreshHash}, id FROM session
    )
    SELECT account.*, account.id = ${account.newId}::uuid AS is_new, session.expires_at
    FROM account LEFT JOIN session ON true
  `;
  if (!opened) throw new Error('A login left no account behind');
  return opened;
}

/** P15: opens a session for a driver who is still in the fleet that the code was sent to. */
export async function logInDriver(
  db: Database,
  driver: { readonly id: string; readonly transporterId: string },
  session: NewSession,
): Promise<{ readonly expires_at: Date } | undefined> {
  const [opened] = await db.$queryRaw<{ expires_at: Date }[]>`
    WITH driver AS (
      UPDATE weelo.users AS d SET verified_at = COALESCE(d.verified_at, now())
      FROM weelo.users AS t
      WHERE d.id = ${driver.id}::uuid AND d.transporter_id = ${driver.transporterId}::uuid
        AND d.suspended_at IS NULL AND t.id = d.transporter_id AND t.role = 'transporter' AND t.suspended_at IS NULL
      RETURNING d.id
    ), session AS (
      INSERT INTO weelo.sessions (id, user_id, device_id, device_name, expires_at)
      SELECT ${session.id}::uuid, id, ${session.deviceId ?? null}, ${session.deviceName ?? null},
             now() + ${sessionDays}::int * interval '1 day'
      FROM driver
      RETURNING id, expires_at
    ), token AS (
      INSERT INTO weelo.refresh_tokens (hash, session_id)
      SELECT ${session.refreshHash}, id FROM session
    )
    SELECT expires_at FROM session
  `;
  return opened;
}

/** The session of a refresh token, and its owner. */
export interface Owner {
  readonly sessionId: string;
  readonly userId: string;
  readonly role: Role;
  /** The device that it was opened on, if the client named it. */
  readonly deviceId: string | null;
  readonly expiresAt: Date;
}

/**
 * Finds the session of a current token, and notes that it was used now. Nothing if the token is not current (any more).
 */
export async function touchSession(
  db: Database,
  refreshHash: string,
  deviceId: string | undefined,
): Promise<Owner | undefined> {
  const [owner] = await db.$queryRaw<Owner[]>`
    UPDATE weelo.sessions AS s SET last_seen_at = now()
    FROM weelo.refresh_tokens AS t, weelo.users AS u
    WHERE t.hash = ${refreshHash} AND t.replaced_at IS NULL
      AND s.id = t.session_id AND s.ended_at IS NULL AND s.expires_at > now()
      AND (s.device_id = ${deviceId ?? null}::text) IS NOT FALSE
      AND u.id = s.user_id AND u.suspended_at IS NULL
    RETURNING s.id AS "sessionId", u.id AS "userId", u.role, s.device_id AS "deviceId",
              s.expires_at AS "expiresAt"
  `;
  return owner;
}

export interface LockedSession extends Owner {
  readonly isOpen: boolean;
  readonly isSuspended: boolean;
  readonly isOtherDevice: boolean;
}

/** Locks the session of a token, in whatever state both are. Another request with one of its tokens waits. */
export async function lockSessionOf(
  db: Database,
  refreshHash: string,
  deviceId: string | undefined,
): Promise<LockedSession | undefined> {
  const [session] = await db.$queryRaw<LockedSession[]>`
    SELECT s.id AS "sessionId", u.id AS "userId", u.role, s.device_id AS "deviceId",
           s.expires_at AS "expiresAt",
           s.ended_at IS NULL AND s.expires_at > now() AS "isOpen",
           u.suspended_at IS NOT NULL AS "isSuspended",
           (s.device_id = ${deviceId ?? null}::text) IS FALSE AS "isOtherDevice"
    FROM weelo.sessions AS s JOIN weelo.users AS u ON u.id = s.user_id
    WHERE s.id = (SELECT session_id FROM weelo.refresh_tokens WHERE hash = ${refreshHash})
    FOR NO KEY UPDATE OF s
  `;
  return session;
}

export interface KeptToken {
  readonly hash: string;
  readonly isServing: boolean;
  readonly isJustReplaced: boolean;
  readonly sealedSuccessor: string | null;
}

/** A token, and the current one of its session. Read after the lock, in a statement of its own. */
export function tokensOf(
  db: Database,
  sessionId: string,
  refreshHash: string,
): Promise<readonly KeptToken[]> {
  return db.$queryRaw<KeptToken[]>`
    SELECT hash, replaced_at IS NULL AS "isServing",
           COALESCE(replaced_at > clock_timestamp() - ${graceSeconds}::int * interval '1 second', false)
             AS "isJustReplaced",
           sealed_successor AS "sealedSuccessor"
    FROM weelo.refresh_tokens
    WHERE session_id = ${sessionId}::uuid AND (hash = ${refreshHash} OR replaced_at IS NULL)
  `;
}

export async function replaceToken(
  db: Database,
  sessionId: string,
  token: {
    readonly hash: string;
    readonly sealedSuccessor: string;
    readonly successorHash: string;
  },
): Promise<void> {
  await db.$executeRaw`
    UPDATE weelo.refresh_tokens
    SET replaced_at = clock_timestamp(), sealed_successor = ${token.sealedSuccessor}
    WHERE hash = ${token.hash}
  `;
  await db.$executeRaw`
    INSERT INTO weelo.refresh_tokens (hash, session_id)
    VALUES (${token.successorHash}, ${sessionId}::uuid)
  `;
  // Older tokens are deleted: a client that rotates again and again must not fill the table.
  await db.$executeRaw`
    DELETE FROM weelo.refresh_tokens
    WHERE session_id = ${sessionId}::uuid AND replaced_at < (
      SELECT min(replaced_at) FROM (
        SELECT replaced_at FROM weelo.refresh_tokens
        WHERE session_id = ${sessionId}::uuid AND replaced_at IS NOT NULL
        ORDER BY replaced_at DESC LIMIT ${mostReplaced}::int
      ) AS latest
    )
  `;
  await db.$executeRaw`
    UPDATE weelo.sessions SET last_seen_at = now() WHERE id = ${sessionId}::uuid
  `;
}

export interface EndedSession {
  readonly id: string;
  readonly userId: string;
  readonly expiresAt: Date;
  /** The hash of the current token: its copy in the mirror is deleted, too. */
  readonly refreshHash: string | null;
}

/** Which sessions to end: all sessions of a user, or one of them. */
export interface Ending {
  readonly userId: string;
  readonly sessionId?: string;
}

/**
 * Ends sessions. Answers these, and those ended before whose end was not fully announced. Sessions that have expired
 * and are not deleted yet are ended too: their phones may still get messages.
 */
export function endSessionsOf(
  db: Database,
  { userId, sessionId }: Ending,
): Promise<readonly EndedSession[]> {
  return db.$queryRaw<EndedSession[]>`
    WITH ended AS (
      UPDATE weelo.sessions SET ended_at = COALESCE(ended_at, now())
      WHERE user_id = ${userId}::uuid AND (${sessionId ?? null}::uuid IS NULL OR id = ${sessionId ?? null}::uuid)
        AND end_told_at IS NULL
      RETURNING id, user_id, expires_at
    )
    SELECT ended.id, ended.user_id AS "userId", ended.expires_at AS "expiresAt", t.hash AS "refreshHash"
    FROM ended LEFT JOIN weelo.refresh_tokens AS t ON t.session_id = ended.id AND t.replaced_at IS NULL
  `;
}

const untoldEnd = sql`
  SELECT s.id, s.user_id AS "userId", s.expires_at AS "expiresAt", t.hash AS "refreshHash"
  FROM weelo.sessions AS s
  LEFT JOIN weelo.refresh_tokens AS t ON t.session_id = s.id AND t.replaced_at IS NULL
  WHERE s.ended_at IS NOT NULL AND s.end_told_at IS NULL
`;

/** Ended sessions whose end was not announced, because a function failed in between. */
export function untoldEnds(db: Database, most: number): Promise<readonly EndedSession[]> {
  return db.$queryRaw<EndedSession[]>(sql`
    ${untoldEnd} AND s.ended_at < now() - interval '10 seconds'
    ORDER BY s.ended_at
    LIMIT ${most}::int
  `);
}

/** The same for one user. Open sessions stay open. */
export function untoldEndsOf(db: Database, userId: string): Promise<readonly EndedSession[]> {
  return db.$queryRaw<EndedSession[]>(sql`${untoldEnd} AND s.user_id = ${userId}::uuid`);
}

export async function noteEndsTold(db: Database, sessionIds: readonly string[]): Promise<void> {
  await db.$executeRaw`
    UPDATE weelo.sessions SET end_told_at = now() WHERE id = ANY (${[...sessionIds]}::uuid[])
  `;
}

/** Whether a session is, or was, this user's. */
export async function isSessionOf(
  db: Database,
  userId: string,
  sessionId: string,
): Promise<boolean> {
  const found = await db.$queryRaw<unknown[]>`
    SELECT 1 FROM weelo.sessions WHERE id = ${sessionId}::uuid AND user_id = ${userId}::uuid
  `;
  return found.length > 0;
}

export interface SessionRow {
  readonly id: string;
  readonly device_id: string | null;
  readonly device_name: string | null;
  readonly created_at: Date;
  readonly last_seen_at: Date;
  readonly expires_at: Date;
}

export function openSessionsOf(db: Database, userId: string): Promise<readonly SessionRow[]> {
  return db.$queryRaw<SessionRow[]>`
    SELECT id, device_id, device_name, created_at, last_seen_at, expires_at
    FROM weelo.sessions
    WHERE user_id = ${userId}::uuid AND ended_at IS NULL AND expires_at > now()
    ORDER BY created_at DESC
    LIMIT ${mostListed}::int
  `;
}

/** Sessions that expired more than a day ago, the oldest first. */
export function sessionsLongOver(
  db: Database,
  most: number,
): Promise<readonly Pick<EndedSession, 'id' | 'userId'>[]> {
  return db.$queryRaw<Pick<EndedSession, 'id' | 'userId'>[]>`
    SELECT id, user_id AS "userId" FROM weelo.sessions WHERE expires_at < now() - interval '1 day'
    ORDER BY expires_at LIMIT ${most}::int
  `;
}

export async function deleteSessions(db: Database, ids: readonly string[]): Promise<void> {
  await db.$executeRaw`DELETE FROM weelo.sessions WHERE id = ANY (${[...ids]}::uuid[])`;
}
