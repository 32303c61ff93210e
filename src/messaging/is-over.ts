import { eventNamed } from '../contract/events/events.ts';

interface SentEvent {
  readonly event: string;
  readonly data?: Readonly<Record<string, unknown>> | undefined;
}

/** When an event stops being of use, in milliseconds since 1970. Infinity: never. */
export function endOf({ event, data }: SentEvent): number {
  const field = eventNamed(event)?.until;
  const until = field === undefined ? undefined : data?.[field];
  return typeof until === 'string' ? Date.parse(until) : Infinity;
}

/** P10: an offer whose search is over must not be shown, however late its event comes. */
export function isOver(event: SentEvent, now: Date): boolean {
  return endOf(event) <= now.getTime();
}
