import { createHash, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { AppError } from '../../contract/errors.ts';
import { roles, type Caller } from '../../contract/wire.ts';
import type { Clock } from '../../platform/clock.ts';
import type { StateTable } from '../../platform/aws/state-table.ts';
import type { EndedSessions } from './ended-sessions.ts';

/** In seconds. */
export const ticketLife = 30;

const Ticket = z.object({
  userId: z.string(),
  role: z.enum(roles),
  sessionId: z.string(),
  tokenEndsAt: z.number(),
  /** In milliseconds, because the table's own expiry is in whole seconds. */
  endsAt: z.number(),
});

/**
 * P18: for a client that cannot send headers, in the URL of its upgrade. When the URL is logged, it no longer works.
 */
export async function issueTicket(
  { userId, role, sessionId, tokenEndsAt }: Caller,
  { table, clock }: { readonly table: StateTable; readonly clock: Clock },
): Promise<string> {
  const ticket = randomBytes(32).toString('base64url');
  const endsAt = new Date(clock.now().getTime() + ticketLife * 1000);
  await table
    .put(keyOf(ticket), { userId, role, sessionId, tokenEndsAt, endsAt: endsAt.getTime() }, endsAt)
    .catch((cause: unknown) => {
      throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs: 2000, cause });
    });
  return ticket;
}

/** Answers the owner of a ticket. A ticket works once. */
export async function redeemTicket(
  ticket: string,
  deps: {
    readonly table: StateTable;
    readonly endedSessions: EndedSessions;
    readonly clock: Clock;
  },
): Promise<Caller> {
  const taken = await deps.table.take(keyOf(ticket)).catch((cause: unknown) => {
    throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs: 2000, cause });
  });
  const { success, data } = Ticket.safeParse(taken);
  if (!success || data.endsAt <= deps.clock.now().getTime()) throw new AppError('UNAUTHORIZED');
  const { userId, role, sessionId, tokenEndsAt } = data;
  if (await deps.endedSessions.has(sessionId)) throw new AppError('UNAUTHORIZED');
  return { userId, role, sessionId, tokenEndsAt };
}

const keyOf = (ticket: string) => ({
  pk: `ticket#${createHash('sha256').update(ticket).digest('base64url')}`,
  sk: 'ticket',
});
