/** What would have left the building, kept for the people and tests that look for it. */
export interface SentMessage {
  readonly channel: 'sms' | 'push';
  /** A phone number as it was given to the service, or a device token. */
  readonly to: string;
  readonly body: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** ISO 8601, UTC. */
  readonly at: string;
}

export interface PublishedEvent {
  readonly id: string;
  readonly bus: string;
  readonly source: string;
  readonly detailType: string;
  readonly detail: unknown;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** The newest things of a kind; the oldest fall out, and nothing survives the process. */
export interface Kept<T> {
  readonly keep: (thing: T) => void;
  readonly newestFirst: (matches: (thing: T) => boolean, limit: number) => readonly T[];
}

const CAPACITY = 5_000;

export function keepNewest<T>(capacity = CAPACITY): Kept<T> {
  let things: T[] = [];
  return {
    keep(thing) {
      things.push(thing);
      // Twice the room, then half of it is dropped: no shifting of the whole list for each message.
      if (things.length >= capacity * 2) things = things.slice(-capacity);
    },
    newestFirst: (matches, limit) =>
      things.slice(-capacity).toReversed().filter(matches).slice(0, limit),
  };
}

/** Whether a message went to this phone number, with or without +91, or to this device token. */
export function wentTo(message: SentMessage, address: string): boolean {
  if (message.channel === 'push') return message.to === address;
  return nationalNumber(message.to) === nationalNumber(address);
}

/** The ten digits of an Indian number; other numbers as they are, without the plus. */
function nationalNumber(phone: string): string {
  const digits = phone.replaceAll(/[\s+-]/g, '');
  return digits.length === 12 && digits.startsWith('91') ? digits.slice(2) : digits;
}
