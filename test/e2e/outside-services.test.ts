import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  GeocodeCommand,
  GeoPlacesClient,
  GetPlaceCommand,
  ReverseGeocodeCommand,
  SearchTextCommand,
  SuggestCommand,
} from '@aws-sdk/client-geo-places';
import { CalculateRoutesCommand, GeoRoutesClient } from '@aws-sdk/client-geo-routes';
import {
  PinpointSMSVoiceV2Client,
  SendTextMessageCommand,
  SendVoiceMessageCommand,
} from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { describe, expect, test } from 'vitest';
import { reachOutside } from '../support/outside.ts';

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
        OriginationIdentity: 'WEELO',
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
      resource: 'arn:aws:sms-voice:ap-south-1:000000000000:sender-id/WEELO/IN',
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

describe('Location: places', () => {
  const places = () => new GeoPlacesClient(client);
  const BiasPosition = [77.5946, 12.9716];

  test('an address is searched, suggested, and looked up by its id', async () => {
    const suggested = await places().send(
      new SuggestCommand({ QueryText: 'koram', BiasPosition, AdditionalFeatures: ['Core'] }),
    );
    const [suggestion] = suggested.ResultItems ?? [];
    expect(suggestion).toMatchObject({
      Title: 'Koramangala, Bengaluru, Karnataka, India',
      SuggestResultItemType: 'Place',
      Place: { PlaceType: 'District', Position: [77.6245, 12.9352] },
    });
    const PlaceId = suggestion?.Place?.PlaceId ?? '';
    const place = await places().send(new GetPlaceCommand({ PlaceId }));
    expect(place).toMatchObject({
      PricingBucket: 'Core',
      Position: [77.6245, 12.9352],
      Address: { Locality: 'Bengaluru', PostalCode: '560034', Country: { Code3: 'IND' } },
    });
    const found = await places().send(
      new SearchTextCommand({ QueryText: 'Koramangala', BiasPosition, MaxResults: 5 }),
    );
    expect(found.ResultItems).toEqual([
      expect.objectContaining({ PlaceId, Distance: expect.any(Number) }),
    ]);
    expect(asked[0]).toEqual({
      action: 'geo-places:SearchText',
      resource: 'arn:aws:geo-places:ap-south-1::provider/default',
    });
  });

  test('suggestions have no position unless the feature Core was asked for', async () => {
    const input = { QueryText: 'koram', BiasPosition };
    const { ResultItems } = await places().send(new SuggestCommand(input));
    expect(ResultItems?.[0]?.Place).toEqual({
      PlaceId: expect.any(String),
      PlaceType: 'District',
    });
  });

  test('an address has a position, and a position an address', async () => {
    const { ResultItems } = await places().send(
      new GeocodeCommand({ QueryText: 'Okhla Industrial Area, New Delhi' }),
    );
    expect(ResultItems?.[0]).toMatchObject({
      Position: [77.2725, 28.5355],
      MatchScores: { Overall: 1 },
    });
    const QueryPosition = [77.27, 28.53];
    const reverse = await places().send(new ReverseGeocodeCommand({ QueryPosition }));
    expect(reverse.ResultItems).toHaveLength(1);
    expect(reverse.ResultItems?.[0]?.Address?.Label).toBe(
      'Okhla Industrial Area, Okhla, New Delhi 110020, Delhi, India',
    );
    const sea = await places().send(new ReverseGeocodeCommand({ QueryPosition: [60, 0] }));
    expect(sea.ResultItems).toEqual([]);
  });

  test.each([
    ['latitude before longitude', new ReverseGeocodeCommand({ QueryPosition: [12.97, 177.59] })],
    ['half a position', new ReverseGeocodeCommand({ QueryPosition: [77] })],
    ['a search that says nowhere', new SearchTextCommand({ QueryText: 'x' })],
    ['too many results', new GeocodeCommand({ QueryText: 'x', MaxResults: 101 })],
    ['an empty query', new GeocodeCommand({ QueryText: '' })],
    ['an id of nothing', new GetPlaceCommand({ PlaceId: 'nothing' })],
  ])('%s is refused', async (_, command) => {
    await expect(places().send(command as GeocodeCommand)).rejects.toMatchObject({
      name: 'ValidationException',
      Reason: 'FieldValidationFailed',
      FieldList: [expect.objectContaining({ Message: expect.any(String) })],
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('what is missing is said to be missing', async () => {
    const input = { QueryPosition: undefined };
    await expect(places().send(new ReverseGeocodeCommand(input))).rejects.toMatchObject({
      Reason: 'Missing',
      FieldList: [expect.objectContaining({ Name: 'QueryPosition' })],
    });
  });
});

describe('Location: routes', () => {
  const routes = () => new GeoRoutesClient(client);
  const Origin = [77.6101, 12.9756];
  const Destination = [77.75, 12.9698];

  test('a route has a length and a duration that roads could have', async () => {
    const input = { Origin, Destination, TravelMode: 'Truck' } as const;
    const { Routes, LegGeometryFormat } = await routes().send(new CalculateRoutesCommand(input));
    const [route] = Routes ?? [];
    // 15.2 km over the great circle.
    expect(route?.Summary?.Distance).toBeGreaterThan(15_200 * 1.2);
    expect(route?.Summary?.Distance).toBeLessThan(15_200 * 1.4);
    expect((route?.Summary?.Duration ?? 0) / 60).toBeGreaterThan(30);
    expect(route?.Legs).toHaveLength(1);
    expect(LegGeometryFormat).toBe('FlexiblePolyline');
    expect(route?.Legs?.[0]?.Geometry?.Polyline).toMatch(/^BF/);
    const car = await routes().send(new CalculateRoutesCommand({ Origin, Destination }));
    expect(car.Routes?.[0]?.Summary?.Distance).toBe(route?.Summary?.Distance);
    expect(car.Routes?.[0]?.Summary?.Duration).toBeLessThan(route?.Summary?.Duration ?? 0);
  });

  test('a route over waypoints has a leg for each, one after the other', async () => {
    const { Routes } = await routes().send(
      new CalculateRoutesCommand({
        Origin,
        Destination,
        Waypoints: [{ Position: [77.6603, 12.8452] }],
        LegGeometryFormat: 'Simple',
        DepartNow: true,
      }),
    );
    const [route] = Routes ?? [];
    const legs = (route?.Legs ?? []).map(({ VehicleLegDetails: details, Geometry }) => ({
      line: Geometry?.LineString,
      from: details?.Departure?.Time,
      to: details?.Arrival?.Time,
      distance: details?.Summary?.Overview?.Distance ?? 0,
    }));
    expect(legs).toHaveLength(2);
    expect(legs[0]?.from).toBe(start.toISOString());
    expect(legs[1]?.from).toBe(legs[0]?.to);
    const seconds = (Date.parse(legs[1]?.to ?? '') - start.getTime()) / 1000;
    expect(seconds).toBe(route?.Summary?.Duration);
    expect(seconds).toBeGreaterThan(0);
    expect(legs[0]?.line?.[0]).toEqual(Origin);
    expect(legs[0]?.line?.at(-1)).toEqual([77.6603, 12.8452]);
    expect(legs[1]?.line?.at(-1)).toEqual(Destination);
    expect(legs.reduce((sum, { distance }) => sum + distance, 0)).toBe(route?.Summary?.Distance);
  });

  test('bad points are refused', async () => {
    const input = { Origin: [77, 91], Destination };
    await expect(routes().send(new CalculateRoutesCommand(input))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('Origin'),
    });
  });
});
