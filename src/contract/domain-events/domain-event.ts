import type * as z from 'zod';

/**
 * Something that happened, for other systems such as billing or analytics. They get it from the event bus, and need
 * nothing of this code. Its data has ids instead of personal data: no names, phones, places or free texts.
 */
export interface DomainEventDeclaration {
  /** In PascalCase: what happened. On the bus it is the detail type. */
  readonly name: string;
  /** Raised if a consumer of the old data would misread the new. A new field does not raise it. */
  readonly version: number;
  readonly summary: string;
  readonly data: z.ZodObject;
  /** True: this release understands the event and cannot publish it yet (queues.ts). Default: it may be published. */
  readonly learning?: true;
}

export function domainEvent<const E extends DomainEventDeclaration>(declaration: E): E {
  return declaration;
}

/** A domain event before it has an id. */
export interface Publication {
  readonly name: string;
  readonly version: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A domain event that this release may publish. */
export type PublishableEvent = DomainEventDeclaration & { readonly learning?: never };

/** Describes a domain event to publish. What its declaration does not name is left out. */
export function publication<E extends PublishableEvent>(
  { name, version, data: declared }: E,
  data: z.input<E['data']>,
): Publication {
  return { name, version, data: declared.parse(data) };
}
