import type { SessionOwner } from '../../contract/wire.ts';
import type { Postgres } from '../../platform/postgres/postgres.ts';
import { openSessionsOf } from './session-store.ts';

/** The devices that a user is logged in on, as shown to the user. */
export async function listSessions(
  { userId, sessionId }: SessionOwner,
  { postgres }: { readonly postgres: Postgres },
) {
  const rows = await postgres.run((db) => openSessionsOf(db, userId));
  return rows.map((row) => ({
    id: row.id,
    deviceId: row.device_id,
    deviceName: row.device_name,
    createdAt: row.created_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    isCurrent: row.id === sessionId,
  }));
}
