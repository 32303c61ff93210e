import { createHash, randomBytes } from 'node:crypto';

/** No id of API Gateway has a dot. Whoever says that he has a session may say anything, so all of it is looked at. */
const prefix = 'poll.';
const form = /^poll\.[\w-]{24}$/;

/** Whoever knows it can read and say what its client can: it is as secret as a token. */
export function newSessionId(): string {
  return prefix + randomBytes(18).toString('base64url');
}

/** Whether a connection is a session that began with polling. */
export function isSessionId(connectionId: string): boolean {
  return form.test(connectionId);
}

/** What a connection is called where others may read it: in logs, and in what its client is told and may show. */
export function publicIdOf(connectionId: string): string {
  if (!isSessionId(connectionId)) return connectionId;
  return createHash('sha256').update(connectionId).digest('base64url').slice(0, 16);
}
