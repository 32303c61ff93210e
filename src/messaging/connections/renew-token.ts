import { AppError } from '../../contract/errors.ts';
import type { Caller } from '../../contract/wire.ts';
import type { Identify } from '../../identity/sessions/access-token.ts';
import type { Connections } from './connections.ts';

interface Deps {
  readonly connections: Pick<Connections, 'find' | 'keep'>;
  readonly identify: Identify;
}

/** P18: lets a connection go on with a new access token of the same user. */
export async function renewToken(
  {
    connectionId,
    caller,
    token,
  }: { readonly connectionId: string; readonly caller: Caller; readonly token: string },
  { connections, identify }: Deps,
): Promise<{ readonly expiresAt: string }> {
  const renewed = await identify(token);
  if (renewed.userId !== caller.userId || renewed.role !== caller.role) {
    throw new AppError('FORBIDDEN');
  }
  const connection = await connections.find(connectionId);
  if (!connection?.caller) throw new AppError('UNAUTHORIZED');
  await connections.keep({ ...connection, caller: renewed });
  return { expiresAt: new Date(renewed.tokenEndsAt).toISOString() };
}
