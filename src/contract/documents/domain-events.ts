import type { DomainEventDeclaration } from '../domain-events/domain-event.ts';
import { eventSource } from '../domain-events/domain-events.ts';
import { NamedSchemas } from './json-schemas.ts';

type Part = Readonly<Record<string, unknown>>;

/** The AsyncAPI 3 document of the event bus. It is made from the declarations alone. */
export function domainEventsDocument(events: readonly DomainEventDeclaration[]): Part {
  const schemas = new NamedSchemas();
  const messages = Object.fromEntries(events.map((each) => [each.name, messageOf(each, schemas)]));
  return {
    asyncapi: '3.0.0',
    info,
    defaultContentType: 'application/json',
    channels: {
      bus: {
        address: 'weelo-<stage>',
        description:
          'An EventBridge event bus. Its name is the output `EventBusName` of the stack.',
        messages: Object.fromEntries(
          events.map(({ name }) => [name, { $ref: `#/components/messages/${name}` }]),
        ),
      },
    },
    operations: {
      publish: {
        action: 'send',
        channel: { $ref: '#/channels/bus' },
        summary: 'What Weelo puts on the bus',
        messages: events.map(({ name }) => ({ $ref: `#/channels/bus/messages/${name}` })),
      },
    },
    components: { messages, schemas: schemas.all() },
  };
}

const info = {
  title: 'Weelo, domain events',
  version: '1',
  description:
    'What happens to orders, for other systems. An event may come twice, and events may come in any ' +
    'order: drop an `id` that you know, and an `eventVersion` that is lower than the one you know. ' +
    'No event has personal data; look up who an id is by the API.',
};

/** The event as a rule on the bus sees it. EventBridge adds fields of its own, such as `id`, `account` and `region`. */
function messageOf(
  { name, version, summary, data }: DomainEventDeclaration,
  schemas: NamedSchemas,
): Part {
  return {
    name,
    summary,
    payload: {
      type: 'object',
      required: ['source', 'detail-type', 'detail'],
      properties: {
        source: { const: eventSource },
        'detail-type': { const: name },
        detail: {
          type: 'object',
          required: ['id', 'at', 'version', 'data'],
          properties: {
            id: {
              type: 'string',
              format: 'uuid',
              description: 'The same when an event comes twice',
            },
            at: { type: 'string', format: 'date-time' },
            version: { const: version, description: 'Of the data. A new field does not raise it' },
            data: schemas.describe(data, 'output'),
          },
        },
      },
    },
  };
}
