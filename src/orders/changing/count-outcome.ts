import { isTestNumber } from '../../contract/test-numbers.ts';
import { countOne, measure } from '../../platform/logs/observability.ts';
import type { Transition } from '../order/transition.ts';

/** Counts how a search, or an order, ended. An order of a test number is not counted. */
export function countOutcome(
  { customer_phone: phone }: { readonly customer_phone: string },
  { status, closesSearch, filled, needed }: Transition,
): void {
  if (isTestNumber(phone)) return;
  if (status === 'expired') countOne('OrdersExpired');
  else if (status === 'cancelled') countOne('OrdersCancelled');
  else if (status === 'completed') countOne('OrdersCompleted');
  else if (closesSearch && filled === needed) countOne('OrdersFilled');
  else if (closesSearch) countOne('OrdersPartlyFilled');
}

interface Before {
  readonly created_at: Date;
  readonly read_at: Date;
  readonly claimed: number;
}

/** Measures how long customers wait for the first truck that is held, and for the last that is assigned. */
export function measureWaiting(
  { created_at, read_at, claimed: before }: Before,
  { claimed, closesSearch, filled, needed }: Transition,
): void {
  const waitedMs = read_at.getTime() - created_at.getTime();
  if (before === 0 && claimed > 0) measure('TimeToFirstHold', waitedMs);
  if (closesSearch && filled === needed) measure('TimeToFill', waitedMs);
}
