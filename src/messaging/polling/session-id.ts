import { randomBytes } from 'node:crypto';

/** No id of API Gateway has a dot. */
const prefix = 'poll.';

/** Whoever knows it can read and say what its client can: it is as secret as a token. */
export function newSessionId(): string {
  return prefix + randomBytes(18).toString('base64url');
}

/** Whether a connection is a session that began with polling. */
export function isSessionId(connectionId: string): boolean {
  return connectionId.startsWith(prefix);
}
