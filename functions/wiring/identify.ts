import type { Environment } from '../../src/contract/environment.ts';
import { identifyBy, type Identify } from '../../src/identity/sessions/access-token.ts';
import {
  openEndedSessions,
  type EndedSessions,
} from '../../src/identity/sessions/ended-sessions.ts';
import { publicKeys } from '../../src/identity/keys/public-keys.ts';
import type { Clock } from '../../src/platform/clock.ts';
import type { ReadSecret } from '../../src/platform/aws/secrets.ts';
import { openStateTable, type StateTable } from '../../src/platform/aws/state-table.ts';

interface Identity {
  readonly identify: Identify;
  readonly endedSessions: EndedSessions;
  readonly table: StateTable;
}

/** What a function needs to check access tokens: the public keys, and the sessions that were ended. */
export function identityFrom(
  env: Environment<'PUBLIC_KEYS_SECRET_ARN' | 'STATE_TABLE'>,
  readSecret: ReadSecret,
  clock: Clock,
): Identity {
  const table = openStateTable(env.STATE_TABLE, clock);
  const endedSessions = openEndedSessions(table, clock);
  const readKeys = publicKeys(readSecret, env.PUBLIC_KEYS_SECRET_ARN, clock);
  return { identify: identifyBy(readKeys, endedSessions, clock), endedSessions, table };
}
