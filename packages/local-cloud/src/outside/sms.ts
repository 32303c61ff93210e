import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Account, PlayedRequest, PlayedService } from '../protocol/played-service.ts';
import { awsService, targetOf, type Problem } from './aws-service.ts';
import { readJson, type ServiceError } from './exchange.ts';
import type { Kept, SentMessage } from './messages.ts';

const identity = z
  .string()
  .regex(/^[\w:/-]{1,256}$/, 'must name a phone number, a sender or a pool');

const SendTextMessage = z.object({
  DestinationPhoneNumber: z.string().regex(/^\+?[1-9][0-9]{1,18}$/, 'must be in E.164 format'),
  OriginationIdentity: identity.optional(),
  // Optional in the service's model, and yet there is nothing to send without one.
  MessageBody: z.string().min(1).max(1600),
  MessageType: z.enum(['TRANSACTIONAL', 'PROMOTIONAL']).optional(),
  ConfigurationSetName: identity.optional(),
  MaxPrice: z
    .string()
    .regex(/^[0-9]{0,2}\.[0-9]{1,5}$/, 'must be a price such as 0.05')
    .optional(),
  TimeToLive: z.int().min(5).max(259_200).optional(),
  Context: z.record(z.string().min(1).max(100), z.string().min(1).max(800)).optional(),
  /** What India's carriers ask for: the registered sender and the registered template. */
  DestinationCountryParameters: z
    .partialRecord(z.enum(['IN_TEMPLATE_ID', 'IN_ENTITY_ID']), z.string().min(1).max(64))
    .optional(),
  DryRun: z.boolean().optional(),
});

/** AWS End User Messaging SMS: `SendTextMessage`. */
export function playSms(sent: Kept<SentMessage>, now: () => Date): PlayedService {
  const send = (input: unknown) => {
    const message = SendTextMessage.parse(input);
    const MessageId = randomUUID();
    if (!message.DryRun) sent.keep(keptForm(message, MessageId, now()));
    return { body: { MessageId } };
  };
  return awsService({
    signingName: 'sms-voice',
    wireFormat: 'json-1.0',
    operations: new Map([['SendTextMessage', send]]),
    operationOf: targetOf,
    resourcesOf: originationOf,
    invalid,
  });
}

function keptForm(
  message: z.output<typeof SendTextMessage>,
  messageId: string,
  at: Date,
): SentMessage {
  const { DestinationPhoneNumber, MessageBody, ...rest } = message;
  return {
    channel: 'sms',
    to: DestinationPhoneNumber,
    body: MessageBody,
    data: { MessageId: messageId, ...rest },
    at: at.toISOString(),
  };
}

const Origination = z.object({ OriginationIdentity: identity });

/** The ARN that IAM looks at: whom the message is from. Ids say by their beginning what they are. */
function originationOf(request: PlayedRequest, { region, accountId }: Account): readonly string[] {
  const parsed = Origination.safeParse(readJson(request));
  if (!parsed.success) return ['*'];
  const from = parsed.data.OriginationIdentity;
  if (from.startsWith('arn:')) return [from];
  const kind = /^(?<kind>pool|phone)-/.exec(from)?.groups?.['kind'];
  const path = { pool: `pool/${from}`, phone: `phone-number/${from}` }[kind ?? ''];
  return [`arn:aws:sms-voice:${region}:${accountId}:${path ?? `sender-id/${from}/IN`}`];
}

function invalid(problems: readonly Problem[]): ServiceError {
  const [first] = problems;
  return {
    status: 400,
    code: 'ValidationException',
    message: problems.map(({ member, message }) => `${member}: ${message}`).join('; '),
    details: {
      Reason: first?.missing ? 'MISSING_PARAMETER' : 'INVALID_PARAMETER',
      Fields: problems.map(({ member, message }) => ({ Name: member, Message: message })),
    },
  };
}
