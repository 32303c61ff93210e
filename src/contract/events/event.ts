import type * as z from 'zod';
import type { Role } from '../wire.ts';

/**
 * One event that users are told about. This declaration alone defines its message on the queue, its type in use cases,
 * its page in AsyncAPI, and what a phone shows of it.
 */
export interface EventDeclaration {
  /** As the apps know it: snake_case. */
  readonly name: string;
  readonly summary: string;
  /** Who may be told. */
  readonly audience: readonly Role[];
  readonly data: z.ZodObject;
  /**
   * The field of the data that says until when the event is of use. After that, it is neither posted nor pushed.
   * Default: for ever.
   */
  readonly until?: string;
  /** True: `resume` tells it, too, about what is live. Then it has no `id` and no `at`. */
  readonly isLive?: true;
  /** What a phone shows if no app is connected. Default: nothing, because the event is only for an open screen. */
  readonly push?: PushText;
  /** True: this release understands the event and cannot send it yet (queues.ts). Default: it may be sent. */
  readonly learning?: true;
}

interface PushText {
  readonly title: string;
  readonly body: string;
  /** Which fields of the data a phone gets: FCM takes 4 KB. Default: all. */
  readonly fields?: readonly string[];
}

export function event<const E extends EventDeclaration>(declaration: E): E {
  return declaration;
}

/** An event for one audience, before it has an id. */
export interface Telling {
  readonly event: string;
  /** The users who are told. */
  readonly to: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
}

/** An event that this release may send. */
export type SendableEvent = EventDeclaration & { readonly learning?: never };

/** Describes one event to send, and to which users. The declaration gives the type of `data`. */
export function tell<E extends SendableEvent>(
  { name }: E,
  to: readonly string[],
  data: z.input<E['data']>,
): Telling {
  return { event: name, to, data };
}
