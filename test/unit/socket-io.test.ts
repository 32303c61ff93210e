import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newBroadcast } from '../../src/contract/events/offers.ts';
import { writingIn } from '../../src/messaging/frames/framings.ts';
import { readEnginePacket, writeEnginePacket } from '../../src/messaging/frames/engine-io.ts';
import { readPayload, writePayload } from '../../src/messaging/frames/payload.ts';
import { saidByApp, toldToApp } from '../../src/messaging/frames/shipped-apps.ts';
import {
  readSocketIoPacket,
  writeSocketIoFrame,
  writeSocketIoPacket,
  type SocketIoPacket,
} from '../../src/messaging/frames/socket-io.ts';

/*
 * The examples are those of the protocols' own documents and test suites: Engine.IO 4 and Socket.IO 5. Left out are
 * those with binary data (`bAQIDBA==`, `51-["baz",{"_placeholder":true,"num":0}]`, `61-…`), because API Gateway carries
 * texts only and neither app sends any; and those of connecting to a second namespace, because there is one. Those of
 * polling and of upgrades are in test/integration/polling.test.ts.
 */

describe('Engine.IO 4', () => {
  test.each([
    ['0{"sid":"lv_VI97HAXpY6yYWAAAC"}', 'open', '{"sid":"lv_VI97HAXpY6yYWAAAC"}'],
    ['1', 'close', ''],
    ['2', 'ping', ''],
    ['2probe', 'ping', 'probe'],
    ['3', 'pong', ''],
    ['3probe', 'pong', 'probe'],
    ['4HelloWorld', 'message', 'HelloWorld'],
    ['4hello', 'message', 'hello'],
    ['4', 'message', ''],
    ['4€€€€', 'message', '€€€€'],
    ['5', 'upgrade', ''],
    ['6', 'noop', ''],
  ] as const)('reads and writes %s', (text, type, data) => {
    expect(readEnginePacket(text)).toEqual({ type, data });
    expect(writeEnginePacket(type, data)).toBe(text);
  });

  test.each(['', 'abc', '7', '9{}', 'bAQIDBA==', ' 2', '-1', '{"action":"ping"}', '\u0663'])(
    'does not take %j for a packet',
    (text) => {
      expect(readEnginePacket(text)).toBeUndefined();
    },
  );

  test('reads every packet that it writes', () => {
    const types = ['open', 'close', 'ping', 'pong', 'message', 'upgrade', 'noop'] as const;
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.string({ unit: 'binary' }), (type, data) => {
        expect(readEnginePacket(writeEnginePacket(type, data))).toEqual({ type, data });
      }),
    );
  });
});

describe('a payload of Engine.IO 4', () => {
  test.each([
    ['4hello\x1e2\x1e4world', ['4hello', '2', '4world']],
    ['4test1\x1e4test2\x1e4test3', ['4test1', '4test2', '4test3']],
    ['4hello', ['4hello']],
    ['4€€€€\x1e42["foo"]', ['4€€€€', '42["foo"]']],
  ])('reads and writes %j', (text, packets) => {
    expect(readPayload(text)).toEqual(packets);
    expect(writePayload(packets)).toBe(text);
  });

  test.each([
    '',
    'abc',
    '4hello\x1e',
    '\x1e4hello',
    '4a\x1e\x1e4b',
    '4hello\x1ebAQIDBA==',
    '4a\x1e9',
  ])('does not take %j for one', (text) => {
    expect(readPayload(text)).toBeUndefined();
  });

  test('is read as it was written, and in no other way', () => {
    const types = ['open', 'close', 'ping', 'pong', 'message', 'upgrade', 'noop'] as const;
    const packet = fc
      .tuple(
        fc.constantFrom(...types),
        fc.string({ unit: 'binary' }).filter((each) => !each.includes('\x1e')),
      )
      .map(([type, data]) => writeEnginePacket(type, data));
    fc.assert(
      fc.property(fc.array(packet, { minLength: 1 }), (packets) => {
        expect(readPayload(writePayload(packets))).toEqual(packets);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('0', '4', '9', 'a', '\x1e') }), (text) => {
        const packets = readPayload(text);
        if (packets) expect(writePayload(packets)).toBe(text);
        else expect(text.split('\x1e').every((each) => readEnginePacket(each))).toBe(false);
      }),
    );
  });

  test('holds any event: what is written as JSON has no separator in it', () => {
    const { write } = writingIn('socket-io');
    const text = write({ event: 'note', data: { note: 'a\x1eb' } });
    expect(readPayload(writePayload([text, '2']))).toEqual([text, '2']);
  });
});

const sid = 'wZX3oN0bSVIhsaknAAAI';

describe('Socket.IO 5', () => {
  test.each<[string, SocketIoPacket]>([
    ['0', { type: 'connect', namespace: '/' }],
    [`0{"sid":"${sid}"}`, { type: 'connect', namespace: '/', data: { sid } }],
    ['0{"token":"123"}', { type: 'connect', namespace: '/', data: { token: '123' } }],
    ['0/admin,', { type: 'connect', namespace: '/admin' }],
    [`0/admin,{"sid":"${sid}"}`, { type: 'connect', namespace: '/admin', data: { sid } }],
    [
      '4{"message":"Not authorized"}',
      { type: 'connect_error', namespace: '/', data: { message: 'Not authorized' } },
    ],
    [
      '4/random,{"message":"Invalid namespace"}',
      { type: 'connect_error', namespace: '/random', data: { message: 'Invalid namespace' } },
    ],
    ['2["foo"]', { type: 'event', namespace: '/', data: ['foo'] }],
    ['2["hey","Jude"]', { type: 'event', namespace: '/', data: ['hey', 'Jude'] }],
    [
      '2["message",1,"2",{"3":[true]}]',
      { type: 'event', namespace: '/', data: ['message', 1, '2', { 3: [true] }] },
    ],
    ['2/admin,["bar"]', { type: 'event', namespace: '/admin', data: ['bar'] }],
    ['212["foo"]', { type: 'event', namespace: '/', id: 12, data: ['foo'] }],
    ['2/admin,13["foo"]', { type: 'event', namespace: '/admin', id: 13, data: ['foo'] }],
    ['312[]', { type: 'ack', namespace: '/', id: 12, data: [] }],
    ['3/admin,13["bar"]', { type: 'ack', namespace: '/admin', id: 13, data: ['bar'] }],
    ['1', { type: 'disconnect', namespace: '/' }],
    ['1/admin,', { type: 'disconnect', namespace: '/admin' }],
  ])('reads and writes %s', (text, packet) => {
    expect(readSocketIoPacket(text)).toEqual(packet);
    expect(writeSocketIoPacket(packet)).toBe(text);
    expect(writeSocketIoFrame(packet)).toBe(`4${text}`);
  });

  test.each([
    ['0/custom', 'connect', '/custom'],
    ['1/custom', 'disconnect', '/custom'],
  ])('reads %s, which has no comma', (text, type, namespace) => {
    expect(readSocketIoPacket(text)).toEqual({ type, namespace });
  });

  test.each([
    ['nothing', ''],
    ['letters', 'abc'],
    ['an unknown type', '9'],
    ['a binary event', '51-["baz",{"_placeholder":true,"num":0}]'],
    ['a binary ack', '61-15["bar",{"_placeholder":true,"num":0}]'],
    ['an event without data', '2'],
    ['an event without a name', '2[]'],
    ['an event whose name is no text', '2[{"a":1}]'],
    ['an event that is no list', '2{}'],
    ['an event in another format', '2["foo"'],
    ['an ack without an id', '3["foo"]'],
    ['an id that is no number', '2999999999999999999["foo"]'],
    ['a token that is no field', '0"token"'],
    ['a list of tokens', '0["token"]'],
    ['a goodbye with more words', '1{"a":1}'],
    ['a connect with an id', '012{"a":1}'],
  ])('does not take %s for a packet', (_, text) => {
    expect(readSocketIoPacket(text)).toBeUndefined();
  });

  test('reads every packet that it writes', () => {
    const namespace = fc
      .string({ maxLength: 20 })
      .filter((each) => !each.includes(','))
      .map((each) => `/${each}`);
    // JSON has no -0.
    const value = fc.jsonValue().map((each) => JSON.parse(JSON.stringify(each)) as unknown);
    const data = fc
      .dictionary(
        fc.string().filter((key) => key !== '__proto__'),
        value,
      )
      .map((each) => JSON.parse(JSON.stringify(each)) as Record<string, unknown>);
    const id = fc.integer({ min: 0, max: 999_999_999_999_999 });
    const name = fc.string({ unit: 'binary' }).filter((each) => each.isWellFormed());
    const packet: fc.Arbitrary<SocketIoPacket> = fc.oneof(
      fc.record({ type: fc.constant('connect' as const), namespace, data }),
      fc.record({ type: fc.constant('connect' as const), namespace }),
      fc.record({ type: fc.constant('disconnect' as const), namespace }),
      fc.record({
        type: fc.constant('connect_error' as const),
        namespace,
        data: fc.oneof(data, fc.string()),
      }),
      fc.record({ type: fc.constant('ack' as const), namespace, id, data: fc.array(value) }),
      fc
        .tuple(namespace, name, fc.array(value), fc.option(id, { nil: undefined }))
        .map(([space, first, rest, number]) => ({
          type: 'event' as const,
          namespace: space,
          ...(number !== undefined && { id: number }),
          data: [first, ...rest] as const,
        })),
    );
    fc.assert(
      fc.property(packet, (each) => {
        expect(readSocketIoPacket(writeSocketIoPacket(each))).toEqual(each);
      }),
      { numRuns: 500 },
    );
  });

  test('leaves out of what a client says of itself a key that would be its prototype', () => {
    expect(readSocketIoPacket('0{"__proto__":{"role":"admin"},"token":"t"}')).toEqual({
      type: 'connect',
      namespace: '/',
      data: { token: 't' },
    });
  });

  test('does not throw, whatever it reads', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('', '0', '2', '2/a,', '3', '312'),
        (text, start) => {
          readSocketIoPacket(start + text);
          readEnginePacket(text);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('the shipped apps', () => {
  const orderId = '0198c5b0-6a3e-7c1d-9c52-0123456789ab';

  test.each([
    ['ping', undefined, { action: 'ping', data: {} }],
    ['join_booking', orderId, { action: 'join', data: { orderId } }],
    ['join_order', orderId, { action: 'join', data: { orderId } }],
    ['leave_booking', orderId, { action: 'leave', data: { orderId } }],
    ['leave_order', orderId, { action: 'leave', data: { orderId } }],
    [
      'dispatch_ack',
      { seq: null, orderId, dispatchRevision: 3, receivedAt: 1, source: 'socket' },
      { action: 'seen', data: { orderId } },
    ],
    ['broadcast_ack', { orderId }, { action: 'seen', data: { orderId } }],
    ['fcm_token_refresh', { fcmToken: 'abc' }, { action: 'device', data: { token: 'abc' } }],
    [
      'heartbeat',
      { t: 'hb', lat: 26.9, lng: 75.8, speed: 3.5, bearing: 90, battery: 80 },
      { action: 'location', data: { latitude: 26.9, longitude: 75.8, speed: 3.5, bearing: 90 } },
    ],
    [
      'update_location',
      { tripId: 't', latitude: 26.9, longitude: 75.8, speed: 3.5, bearing: 90 },
      {
        action: 'location',
        data: { tripId: 't', latitude: 26.9, longitude: 75.8, speed: 3.5, bearing: 90 },
      },
    ],
  ])('say %s, and an action is meant', (event, argument, said) => {
    expect(saidByApp(event, argument)).toEqual(said);
  });

  test.each(['join_transporter', 'leave_transporter', 'driver_sos', 'toString', 'hold', ''])(
    'say %s, and nobody needs it',
    (event) => {
      expect(saidByApp(event, { orderId })).toBeUndefined();
    },
  );

  test.each([['text'], [null], [undefined], [[1]], [7]])(
    'may say %j where fields are meant',
    (argument) => {
      expect(saidByApp('heartbeat', argument)).toEqual({ action: 'location', data: {} });
    },
  );

  test('are told an event with its id among its fields, and an answer as it is', () => {
    const { write } = writingIn('socket-io');
    const at = '2027-01-31T09:30:00.000Z';
    expect(write({ event: 'order_expired', id: 'e1', at, data: { orderId } })).toBe(
      `42["order_expired",{"orderId":"${orderId}","eventId":"e1"}]`,
    );
    expect(write({ event: 'pong' })).toBe('42["pong"]');
  });

  test.each([
    ['broadcasting', 'order_state'],
    ['partially_filled', 'order_state'],
    ['fully_filled', 'booking_fully_filled'],
    ['in_progress', 'booking_fully_filled'],
    ['completed', 'booking_completed'],
    ['cancelled', 'order_cancelled'],
    ['expired', 'order_expired'],
  ])('learn that an order is %s by %s', (status, event) => {
    const data = { orderId, status, eventVersion: 4 };
    expect(toldToApp({ event: 'order_state', data })).toEqual([event, data]);
    expect(toldToApp({ event: 'joined', data })[0]).toBe(event.replace('order_state', 'joined'));
  });

  test('acknowledge offers, and nothing else', () => {
    const { isAcknowledged } = writingIn('socket-io');
    expect([newBroadcast.name, 'order_cancelled', 'trip_assigned'].map(isAcknowledged)).toEqual([
      true,
      false,
      false,
    ]);
    expect(writingIn('plain').isAcknowledged('order_cancelled')).toBe(true);
  });
});
