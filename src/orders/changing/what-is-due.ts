import type { Ids } from '../../platform/ids.ts';
import type { Database } from '../../platform/postgres/postgres.ts';
import { driverLost } from '../assignments/driver-lost.ts';
import { deadlinePassed } from '../ending/deadline-passed.ts';
import { holdEnded } from '../holds/hold-ended.ts';
import type { OrderInHand } from '../order/locked-order.ts';
import type { Change } from './change.ts';

/** P6: the first thing that should have happened to an order by now, if there is one. */
export async function firstDueIn(
  order: OrderInHand,
  db: Database,
  ids: Ids,
): Promise<Change | undefined> {
  const isPast = (at: number) => at <= order.read_at.getTime();
  if (order.is_overdue) return { happening: deadlinePassed };
  const hold = order.holds.find(({ expiresAtMs }) => isPast(expiresAtMs));
  if (hold) return holdEnded(order, hold, 'lapsed', db);
  const silent = order.assignments.find(
    ({ status, answerByMs }) => status === 'pending' && isPast(answerByMs),
  );
  return silent && driverLost(order, silent, { how: 'timed_out', reason: 'timeout', ids });
}

/** When the next hold or answer of an order is due, in milliseconds since 1970. */
export function nextDueIn({ holds, assignments }: OrderInHand): number | undefined {
  const pending = assignments.filter(({ status }) => status === 'pending');
  const all = [
    ...holds.map(({ expiresAtMs }) => expiresAtMs),
    ...pending.map(({ answerByMs }) => answerByMs),
  ];
  return all.length > 0 ? Math.min(...all) : undefined;
}
