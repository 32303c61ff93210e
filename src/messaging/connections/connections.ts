import * as z from 'zod';
import { roles, type Caller } from '../../contract/wire.ts';
import type { StateTable } from '../../platform/aws/state-table.ts';
import type { Clock } from '../../platform/clock.ts';

/** Remembers the caller of each socket. */
export interface Connections {
  keep(connectionId: string, caller: Caller): Promise<void>;
  /** Undefined if the socket was never let in, or is gone. */
  callerOf(connectionId: string): Promise<Caller | undefined>;
  forget(connectionId: string): Promise<void>;
}

/** API Gateway ends a connection after two hours. We remember it for ten minutes more, because clocks differ. */
const keptMs = (2 * 60 + 10) * 60_000;

const KeptCaller = z.object({ userId: z.string(), role: z.enum(roles), sessionId: z.string() });

const keyOf = (connectionId: string) => ({ pk: `connection#${connectionId}`, sk: 'caller' });

export function openConnections(
  table: Pick<StateTable, 'put' | 'get' | 'take'>,
  clock: Clock,
): Connections {
  return {
    keep: async (connectionId, { userId, role, sessionId }) => {
      const endsAt = new Date(clock.now().getTime() + keptMs);
      await table.put(keyOf(connectionId), { userId, role, sessionId }, endsAt);
    },
    callerOf: async (connectionId) => {
      const kept = await table.get(keyOf(connectionId));
      return kept && KeptCaller.parse(kept);
    },
    forget: async (connectionId) => {
      await table.take(keyOf(connectionId));
    },
  };
}
