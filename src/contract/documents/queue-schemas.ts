import * as z from 'zod';
import { domainEvents } from '../domain-events/domain-events.ts';
import type { DomainEventDeclaration } from '../domain-events/domain-event.ts';
import type { EventDeclaration } from '../events/event.ts';
import { events } from '../events/events.ts';
import type { QueueFunctionName } from '../functions.ts';
import { learning, queueMessages } from '../queues.ts';

type JsonSchema = Readonly<Record<string, unknown>>;
type Schemas = Readonly<Record<string, JsonSchema>>;

/** The messages of one queue, as JSON Schemas by kind. An event has a schema of its own: `event <name>`. */
export interface QueueSchemas {
  /** What this release understands. */
  readonly known: Schemas;
  /** What it may send. */
  readonly sent: Schemas;
}

/** The form in which a message is written, or may be read. A default makes a field optional in the second only. */
type Form = 'output' | 'input';

interface Message {
  readonly name: string;
  readonly schema: z.ZodType;
  readonly writtenAs: Form;
  readonly isLearning: boolean;
}

/** What each queue is about, for the template: the next release is compared with it (tools/check-release.ts). */
export function queueSchemas(): Readonly<Record<QueueFunctionName, QueueSchemas>> {
  const { event, 'domain-event': domainEvent, ...plain } = queueMessages.notify;
  return {
    dispatch: schemasOf(plainMessages(queueMessages.dispatch, learning.dispatch)),
    notify: schemasOf([
      ...plainMessages(plain, learning.notify),
      ...events.map((each) => eventMessage(each, event)),
      ...domainEvents.map((each) => domainEventMessage(each, domainEvent)),
    ]),
  };
}

function schemasOf(messages: readonly Message[]): QueueSchemas {
  return {
    known: byName(messages, ({ schema }) => written(schema, 'input', false)),
    sent: byName(
      messages.filter(({ isLearning }) => !isLearning),
      ({ schema, writtenAs }) => written(schema, writtenAs, true),
    ),
  };
}

function byName(messages: readonly Message[], of: (message: Message) => JsonSchema): Schemas {
  return Object.fromEntries(messages.map((each) => [each.name, of(each)]));
}

function plainMessages(
  kinds: Readonly<Record<string, z.ZodObject>>,
  learned: readonly string[],
): readonly Message[] {
  return Object.entries(kinds).map(([name, schema]) => {
    return { name, schema, writtenAs: 'output', isLearning: learned.includes(name) };
  });
}

/** The data of an event is checked, and sent as it was before that. */
function eventMessage({ name, data, learning: isLearning }: EventDeclaration, told: z.ZodObject) {
  const schema = z.object({ ...told.shape, event: z.literal(name), data });
  const message = { name: `event ${name}`, schema, isLearning: isLearning === true };
  return { ...message, writtenAs: 'input' } as const satisfies Message;
}

function domainEventMessage(declared: DomainEventDeclaration, published: z.ZodObject) {
  const { name, version, data } = declared;
  const shape = { ...published.shape, name: z.literal(name), version: z.literal(version), data };
  const message = { name: `domain-event ${name}`, schema: z.object(shape) };
  const isLearning = declared.learning === true;
  return { ...message, isLearning, writtenAs: 'output' } as const satisfies Message;
}

/** Without what is for people alone, for a template may have a megabyte. */
function written(schema: z.ZodType, io: Form, isSent: boolean): JsonSchema {
  const { $schema: _, ...described } = z.toJSONSchema(schema, {
    io,
    override: ({ jsonSchema }) => {
      delete jsonSchema.title;
      delete jsonSchema.description;
      delete jsonSchema.examples;
      delete jsonSchema.default;
      // A sender has no other fields than those that are declared, also where it may leave some of them out.
      if (isSent && jsonSchema.properties) jsonSchema.additionalProperties ??= false;
    },
  });
  return z.record(z.string(), z.unknown()).parse(described);
}
