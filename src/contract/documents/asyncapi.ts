import type { EventDeclaration } from '../events/event.ts';
import {
  messagesPerConnection,
  subprotocol,
  type SocketAction,
  type SocketAnswer,
} from '../socket/protocol.ts';
import { NamedSchemas } from './json-schemas.ts';

type Part = Readonly<Record<string, unknown>>;
type Named = readonly [string, Part];

/** The AsyncAPI 3 document of the socket protocol. It is made from the declarations alone. */
export function asyncApiOf(
  actions: readonly SocketAction[],
  answers: readonly SocketAnswer[],
  events: readonly EventDeclaration[],
): Part {
  const schemas = new NamedSchemas();
  const sent = actions.map((each): Named => [messageId(each.action), actionMessage(each, schemas)]);
  const answered = answers.map((each): Named => [
    messageId(each.event),
    answerMessage(each, schemas),
  ]);
  const told = events.map((each): Named => [messageId(each.name), eventMessage(each, schemas)]);
  const messages = Object.fromEntries([...sent, ...answered, ...told]);
  return {
    asyncapi: '3.0.0',
    info,
    defaultContentType: 'application/json',
    servers: { local },
    channels: {
      socket: {
        address: '/ws',
        description:
          `The token goes into the \`Authorization\` header, or into \`Sec-WebSocket-Protocol: ` +
          `${subprotocol}, bearer.<token>\`, which is answered with \`${subprotocol}\`. A client that can send ` +
          `neither asks for a ticket by HTTP, and connects with \`/ws?ticket=<ticket>\`.`,
        messages: Object.fromEntries(
          Object.keys(messages).map((id) => [id, { $ref: `#/components/messages/${id}` }]),
        ),
      },
    },
    operations: {
      ...Object.fromEntries(actions.map((action) => [`say-${action.action}`, saying(action)])),
      hear: {
        action: 'send',
        channel: { $ref: '#/channels/socket' },
        summary: 'What the server tells a client',
        messages: [...answered, ...told].map(([id]) => channelMessage(id)),
      },
    },
    components: { messages, schemas: schemas.all() },
  };
}

const info = {
  title: 'Weelo, in real time',
  version: '1',
  description:
    'One JSON object per message. Every action that carries a `ref` gets exactly one answer with ' +
    'the same `ref`. An action that is not known gets an `error`, and the connection lives on. ' +
    `One connection may send ${messagesPerConnection.limit} messages in ${messagesPerConnection.windowSeconds} s, ` +
    'of all actions together. How an app connects, comes back and catches up: docs/realtime.md.',
};

const local = {
  host: '127.0.0.1:3000',
  protocol: 'ws',
  description: 'On one machine, by npm start',
};

/** AsyncAPI describes the server's side, so a message from a client has the action `receive`. */
function saying({ action, summary, audience, rateLimit, answer, isQuiet }: SocketAction): Part {
  const quiet = isQuiet ? ' Without a `ref`, only errors are answered.' : '';
  const whose = audience === 'signed-in' ? 'every account' : `${audience.join(' and ')} accounts`;
  return {
    action: 'receive',
    channel: { $ref: '#/channels/socket' },
    summary,
    description: `For ${whose}. At most ${rateLimit.limit} in ${rateLimit.windowSeconds} s per user.${quiet}`,
    messages: [channelMessage(action)],
    reply: {
      channel: { $ref: '#/channels/socket' },
      messages: [channelMessage(answer.event), channelMessage('error')],
    },
  };
}

function actionMessage({ action, summary, data }: SocketAction, schemas: NamedSchemas): Part {
  return {
    name: action,
    summary,
    payload: {
      type: 'object',
      required: ['action', ...(data ? ['data'] : [])],
      properties: {
        action: { const: action },
        ref: { type: 'string', maxLength: 64 },
        ...(data && { data: schemas.describe(data, 'input') }),
      },
    },
  };
}

function answerMessage({ event, summary, data }: SocketAnswer, schemas: NamedSchemas): Part {
  return {
    name: event,
    summary,
    payload: {
      type: 'object',
      required: ['event', ...(data ? ['data'] : [])],
      properties: {
        event: { const: event },
        ref: { type: 'string', description: 'The ref of the action that this answers' },
        ...(data && { data: schemas.describe(data, 'output') }),
      },
    },
  };
}

function eventMessage(
  { name, summary, audience, data, isLive, push }: EventDeclaration,
  schemas: NamedSchemas,
): Part {
  const elsewhere = push
    ? `Without a socket, or without an \`ack\` within 3 s, a push says: "${push.title}. ${push.body}"${fieldsOf(push)}`
    : 'It is never pushed.';
  const resumed = isLive
    ? ' After `resume` it comes without `id` and `at`, to be acknowledged by nobody.'
    : '';
  return {
    name,
    summary,
    description: `For: ${audience.join(', ')}. ${elsewhere}${resumed}`,
    payload: {
      type: 'object',
      required: ['event', ...(isLive ? [] : ['id', 'at']), 'data'],
      properties: {
        event: { const: name },
        id: { type: 'string', format: 'uuid', description: 'The same when an event comes twice' },
        at: { type: 'string', format: 'date-time' },
        data: schemas.describe(data, 'output'),
      },
    },
  };
}

function fieldsOf({ fields }: NonNullable<EventDeclaration['push']>): string {
  return fields ? ` It has these fields: ${fields.join(', ')}.` : '';
}

function channelMessage(name: string): Part {
  return { $ref: `#/channels/socket/messages/${messageId(name)}` };
}

function messageId(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_-]/g, '_');
}
