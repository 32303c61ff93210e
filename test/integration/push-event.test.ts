import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { UnseenEvent } from '../../src/contract/queues.ts';
import { registerDeviceToken } from '../../src/identity/devices/device-tokens.ts';
import { acknowledge, acknowledgeOffer } from '../../src/messaging/acknowledge.ts';
import { pushEvent, textsOf } from '../../src/messaging/push-event.ts';
import { pushBy } from '../../src/messaging/push-account.ts';
import { timeOrderedIds as ids } from '../../src/platform/ids.ts';
import { oncePerEvent } from '../../src/platform/once/seen-once.ts';
import { openStateTable } from '../../src/platform/aws/state-table.ts';
import type { Pushed, PushMessage } from '../../src/platform/google/fcm.ts';
import { makeTable } from '../support/engines/function-environment.ts';

const clock = { now: () => new Date() };
const table = openStateTable(await makeTable('pk', 'sk'), clock);

const pushed: PushMessage[] = [];
/** What dispatch is told. */
const reported: object[] = [];
/** What FCM makes of a message. Default: the phone gets it. */
let fcm: (message: PushMessage) => Promise<Pushed>;
let account: string | undefined;
beforeEach(() => {
  pushed.length = 0;
  reported.length = 0;
  fcm = async () => 'pushed';
  account = JSON.stringify({ project_id: 'test', client_email: 'a@b.example', private_key: 'key' });
});

/** Each test has a notify of its own: an environment remembers the account for minutes. */
function notify() {
  const post = async (message: PushMessage) => {
    const outcome = await fcm(message);
    if (outcome === 'pushed') pushed.push(message);
    return outcome;
  };
  return {
    once: oncePerEvent('notify', table, clock),
    table,
    push: pushBy(post, async () => account, 'arn:push', clock),
    breaker: <T>(work: () => Promise<T>) => work(),
    dispatch: { send: async (message: object) => void reported.push(message) },
    clock,
  };
}

/** A user with so many phones. */
async function userWith(phones: number) {
  const userId = randomUUID();
  const tokens = Array.from({ length: phones }, () => `phone-${randomUUID()}`);
  for (const token of tokens) {
    const caller = { userId, role: 'customer', sessionId: randomUUID() } as const;
    const device = { token, deviceType: 'android', deviceId: undefined } as const;
    await registerDeviceToken({ caller, ...device }, { table, clock, ids });
  }
  return { userId, tokens };
}

const unseen = (users: readonly string[], ifUnseen = false): UnseenEvent => ({
  kind: 'unseen',
  id: randomUUID(),
  event: 'order_expired',
  data: { orderId: 'o1', eventVersion: 2, reason: null, trucks: ['t1'] },
  users: [...users],
  ifUnseen,
});

test('a push has the texts of its event, and all of its data as texts', async () => {
  const { userId, tokens } = await userWith(1);
  const event = unseen([userId]);
  await pushEvent(event, notify());
  expect(pushed).toEqual([
    {
      device: tokens[0],
      lifeSeconds: 3600,
      data: {
        type: 'order_expired',
        eventId: event.id,
        title: 'Search ended',
        body: 'The search for trucks has ended.',
        orderId: 'o1',
        eventVersion: '2',
        trucks: '["t1"]',
      },
    },
  ]);
});

test('of an event that says which fields a phone gets, a push has no others', async () => {
  const { userId } = await userWith(1);
  const data = { orderId: 'o1', reason: 'Rain', pickupAddress: 'Noida', customerPhone: '98' };
  await pushEvent({ ...unseen([userId]), event: 'order_cancelled', data }, notify());
  expect(Object.keys(pushed[0]?.data ?? {}).toSorted()).toEqual([
    'body',
    'eventId',
    'orderId',
    'reason',
    'title',
    'type',
  ]);
});

test('an offer that was acknowledged by its order is not pushed, but one that was made later is', async () => {
  const { userId } = await userWith(1);
  const orderId = randomUUID();
  const offerMadeAt = (serverTimeMs: number) => ({
    ...unseen([userId], true),
    event: 'new_broadcast',
    data: { orderId, serverTimeMs },
  });
  const now = Date.now();
  await acknowledgeOffer({ orderId, userId }, { table, clock });
  await pushEvent(offerMadeAt(now - 500), notify());
  expect(pushed).toEqual([]);
  await pushEvent(offerMadeAt(now + 60_000), notify());
  expect(pushed).toHaveLength(1);
  // What else is told of the order has not been seen by that.
  await pushEvent({ ...offerMadeAt(now - 500), event: 'order_cancelled' }, notify());
  expect(pushed).toHaveLength(2);
});

test('an offer is pushed for as long as its search lasts, and not after it', async () => {
  const { userId } = await userWith(1);
  const offer = (expiresInMs: number) => ({
    ...unseen([userId]),
    event: 'new_broadcast',
    data: { orderId: 'o1', expiresAt: new Date(Date.now() + expiresInMs).toISOString() },
  });
  await pushEvent(offer(40_000), notify());
  expect(pushed.map(({ lifeSeconds }) => lifeSeconds)).toEqual([40]);
  await pushEvent(offer(-1), notify());
  expect(pushed).toHaveLength(1);
});

test('a push is never longer than FCM takes: long texts are cut, and long lists left out', () => {
  const long = 'कार्यालय '.repeat(60);
  const fields = ['pickupAddress', 'dropAddress', 'customerName', 'reason', 'message'];
  const texts = textsOf({
    ...Object.fromEntries(fields.map((field) => [field, long])),
    requestedVehicles: Array.from({ length: 12 }, () => ({ vehicleType: long })),
    trucksNeeded: 3,
  });
  expect(Buffer.byteLength(JSON.stringify(texts))).toBeLessThan(2000);
  expect(texts['pickupAddress']).toMatch(/^कार्यालय .*…$/);
  expect(texts).not.toHaveProperty('requestedVehicles');
  expect(texts).toMatchObject({ trucksNeeded: '3' });
});

test('a message that FCM refuses for good is given up, and does not come back', async () => {
  const { userId } = await userWith(1);
  fcm = async () => 'refused';
  await expect(pushEvent(unseen([userId]), notify())).resolves.toBeUndefined();
});

test('who has acknowledged an event is not pushed to', async () => {
  const [seen, silent] = [await userWith(1), await userWith(1)];
  const event = unseen([seen.userId, silent.userId], true);
  await acknowledge({ eventId: event.id, userId: seen.userId }, { table, clock });
  await pushEvent(event, notify());
  expect(pushed.map(({ device }) => device)).toEqual(silent.tokens);
});

describe('dispatch', () => {
  const offered = (...args: Parameters<typeof unseen>): UnseenEvent => ({
    ...unseen(...args),
    event: 'new_broadcast',
  });

  test('learns whom an offer has reached, and how', async () => {
    const [seen, silent, phoneless] = [await userWith(1), await userWith(2), await userWith(0)];
    const users = [seen.userId, silent.userId, phoneless.userId];
    const event = offered(users, true);
    await acknowledge({ eventId: event.id, userId: seen.userId }, { table, clock });
    await pushEvent(event, notify());
    expect(reported).toEqual([
      {
        kind: 'offer-delivery',
        orderId: 'o1',
        at: expect.any(String),
        delivered: users,
        seen: [seen.userId],
        pushed: [silent.userId],
      },
    ]);
  });

  test('learns that an offer reached nobody’s socket', async () => {
    const { userId } = await userWith(1);
    await pushEvent(offered([userId]), notify());
    expect(reported).toMatchObject([{ delivered: [], seen: [], pushed: [userId] }]);
  });

  test('that cannot be told does not have the offer pushed again', async () => {
    const { userId, tokens } = await userWith(1);
    const event = offered([userId]);
    const send = () => Promise.reject(new Error('SQS is away'));
    await pushEvent(event, { ...notify(), dispatch: { send } });
    await pushEvent(event, notify());
    expect(pushed.map(({ device }) => device)).toEqual(tokens);
  });

  test('learns of no other event', async () => {
    const { userId } = await userWith(1);
    await pushEvent(unseen([userId]), notify());
    expect(pushed).toHaveLength(1);
    expect(reported).toEqual([]);
  });
});

describe('P8: a push', () => {
  test('is sent once, however often its message is delivered', async () => {
    const { userId } = await userWith(2);
    const event = unseen([userId]);
    for (let i = 0; i < 3; i += 1) await pushEvent(event, notify());
    expect(pushed).toHaveLength(2);
  });

  test('that failed is sent again, and those that did not are not', async () => {
    const { userId, tokens } = await userWith(2);
    const event = unseen([userId]);
    fcm = async ({ device }) => {
      if (device === tokens[0]) throw new Error('FCM is away');
      return 'pushed';
    };
    await expect(pushEvent(event, notify())).rejects.toThrow('1 devices could not be pushed to');
    fcm = async () => 'pushed';
    await pushEvent(event, notify());
    expect(pushed.map(({ device }) => device).toSorted()).toEqual(tokens.toSorted());
  });
});

test('a phone that FCM does not know any more is forgotten', async () => {
  const { userId, tokens } = await userWith(2);
  fcm = async ({ device }) => (device === tokens[0] ? 'unregistered' : 'pushed');
  await pushEvent(unseen([userId]), notify());
  const asked: string[] = [];
  fcm = async ({ device }) => {
    asked.push(device);
    return 'pushed';
  };
  await pushEvent(unseen([userId]), notify());
  expect(asked).toEqual([tokens[1]]);
});

describe('a stage', () => {
  test('without a Firebase account pushes nothing, and nothing fails', async () => {
    account = undefined;
    const { userId } = await userWith(1);
    await pushEvent(unseen([userId]), notify());
    expect(pushed).toEqual([]);
  });

  test('whose account was written wrong fails, and the message is kept', async () => {
    account = '{"project_id":"x"}';
    const { userId } = await userWith(1);
    await expect(pushEvent(unseen([userId]), notify())).rejects.toThrow('could not be pushed to');
  });
});
