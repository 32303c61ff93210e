import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  PinpointSMSVoiceV2Client,
  SendTextMessageCommand,
  SendVoiceMessageCommand,
} from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { describe, expect, test } from 'vitest';
import { reachOutside } from '../reach-outside.ts';

const start = new Date('2026-01-02T03:04:05.000Z');
const { outside, asked, client } = await reachOutside(() => start);

describe('AWS End User Messaging SMS', () => {
  const sms = () => new PinpointSMSVoiceV2Client(client);
  const DestinationPhoneNumber = '+919876543210';

  test('a text message is accepted and kept', async () => {
    const { MessageId } = await sms().send(
      new SendTextMessageCommand({
        DestinationPhoneNumber,
        MessageBody: 'Your code is 123456',
        MessageType: 'TRANSACTIONAL',
        OriginationIdentity: 'SENDER',
        DestinationCountryParameters: { IN_TEMPLATE_ID: '1', IN_ENTITY_ID: '2' },
      }),
    );
    expect(MessageId).toMatch(/^[\da-f-]{36}$/);
    expect(outside.messages.newestFirst(() => true, 1)).toEqual([
      {
        channel: 'sms',
        to: DestinationPhoneNumber,
        body: 'Your code is 123456',
        data: expect.objectContaining({ MessageId, MessageType: 'TRANSACTIONAL' }),
        at: start.toISOString(),
      },
    ]);
    expect(asked[0]).toEqual({
      action: 'sms-voice:SendTextMessage',
      resource: 'arn:aws:sms-voice:ap-south-1:000000000000:sender-id/SENDER/IN',
    });
  });

  test.each([
    [{ MessageBody: 'x' }, 'DestinationPhoneNumber', 'MISSING_PARAMETER'],
    [{ DestinationPhoneNumber: '0123', MessageBody: 'x' }, 'DestinationPhoneNumber', 'INVALID'],
    [{ DestinationPhoneNumber }, 'MessageBody', 'MISSING_PARAMETER'],
    [{ DestinationPhoneNumber, MessageBody: 'x'.repeat(1601) }, 'MessageBody', 'INVALID'],
    [{ DestinationPhoneNumber, MessageBody: 'x', TimeToLive: 1 }, 'TimeToLive', 'INVALID'],
  ])('%j is refused for its %s', async (input, Name, reason) => {
    const before = outside.messages.newestFirst(() => true, 100).length;
    const sending = sms().send(new SendTextMessageCommand(input as never));
    await expect(sending).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(Name),
      Reason: expect.stringContaining(reason),
      Fields: [expect.objectContaining({ Name })],
      $metadata: { httpStatusCode: 400 },
    });
    expect(outside.messages.newestFirst(() => true, 100)).toHaveLength(before);
  });

  test('a dry run is answered and leaves nothing', async () => {
    const MessageBody = 'only tried';
    const input = { DestinationPhoneNumber, MessageBody, DryRun: true };
    expect((await sms().send(new SendTextMessageCommand(input))).MessageId).toBeDefined();
    expect(outside.messages.newestFirst(({ body }) => body === MessageBody, 1)).toEqual([]);
  });

  test('what is not played is an unknown operation', async () => {
    const input = { DestinationPhoneNumber, OriginationIdentity: 'x' };
    await expect(sms().send(new SendVoiceMessageCommand(input))).rejects.toMatchObject({
      name: 'UnknownOperationException',
    });
  });
});

describe('EventBridge', () => {
  const put = (...Entries: object[]) =>
    new EventBridgeClient(client).send(new PutEventsCommand({ Entries }));
  const good = { Source: 'shop', DetailType: 'sold', Detail: '{"id":7}' };

  test('events are accepted, and each has an id', async () => {
    const answer = await put(good, { ...good, EventBusName: 'orders' });
    expect(answer).toMatchObject({ FailedEntryCount: 0, Entries: [{}, {}] });
    expect(outside.events.newestFirst(() => true, 2)).toEqual([
      expect.objectContaining({ bus: 'orders', id: answer.Entries?.[1]?.EventId }),
      expect.objectContaining({ bus: 'default', source: 'shop', detail: { id: 7 } }),
    ]);
    const action = 'events:PutEvents';
    const buses = 'arn:aws:events:ap-south-1:000000000000:event-bus';
    expect(asked.slice(0, 2)).toEqual([
      { action, resource: `${buses}/orders` },
      { action, resource: `${buses}/default` },
    ]);
  });

  test('bad ones are refused alone', async () => {
    const answer = await put(
      { ...good, Detail: 'not json' },
      good,
      { ...good, Source: undefined },
      { ...good, Source: 'aws.ec2' },
      { ...good, Detail: '[]' },
    );
    expect(answer.FailedEntryCount).toBe(4);
    expect(answer.Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      'MalformedDetail',
      undefined,
      'InvalidArgument',
      'NotAuthorizedForSourceException',
      'MalformedDetail',
    ]);
  });

  test('none, eleven, or too large a whole are refused', async () => {
    const refused = { name: 'ValidationException' };
    await expect(put()).rejects.toMatchObject(refused);
    await expect(put(...Array.from({ length: 11 }, () => good))).rejects.toMatchObject(refused);
    const Detail = JSON.stringify({ text: 'x'.repeat(140_000) });
    await expect(put({ ...good, Detail })).resolves.toMatchObject({ FailedEntryCount: 0 });
    const large = { ...good, Detail };
    await expect(put(large, large)).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('over the limit'),
    });
  });
});
