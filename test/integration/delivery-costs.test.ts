import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { randomUUID } from 'node:crypto';
import { expect, inject, test } from 'vitest';
import { queueUrlOf } from 'local-cloud/engines';
import { SQSClient } from '@aws-sdk/client-sqs';
import { queueMessages, type EventMessage } from '../../src/contract/queues.ts';
import { openEndedSessions } from '../../src/identity/sessions/ended-sessions.ts';
import { registerDeviceToken } from '../../src/identity/devices/device-tokens.ts';
import { openConnections } from '../../src/messaging/connections/connections.ts';
import { deliverEvent } from '../../src/messaging/deliver-event.ts';
import { pushEvent } from '../../src/messaging/push-event.ts';
import { openQueue } from '../../src/platform/aws/queues.ts';
import { openStateTable } from '../../src/platform/aws/state-table.ts';
import { systemClock as clock } from '../../src/platform/clock.ts';
import { timeOrderedIds as ids } from '../../src/platform/ids.ts';
import { oncePerEvent } from '../../src/platform/once/seen-once.ts';
import { makeQueue, makeTable } from '../support/engines/function-environment.ts';
import { watchAws } from '../support/engines/wire.ts';
import { whenDone } from '../support/engines/when-done.ts';
import { cancellationFor } from '../support/notify-queue.ts';

const portOf = (url: string) => Number(new URL(url).port);
const watched = {
  dynamodb: await watchAws(() => portOf(inject('dynamodb').endpoint)),
  sqs: await watchAws(() => portOf(inject('sqs').endpoint)),
};
whenDone(() => [watched.dynamodb, watched.sqs].forEach((each) => each.close()));
const through = ({ port }: { readonly port: number }) => `http://127.0.0.1:${port}`;

const tables = { state: await makeTable('pk', 'sk'), connections: await makeTable('pk', 'sk') };
const dynamo = new DynamoDBClient({ endpoint: through(watched.dynamodb) });
const sqs = new SQSClient({ endpoint: through(watched.sqs) });
const queue = openQueue(queueUrlOf(through(watched.sqs), await makeQueue()), sqs);

/** What an environment of notify asks of AWS, one entry for each call. */
async function costOf(work: () => Promise<void>) {
  watched.dynamodb.take();
  watched.sqs.take();
  await work();
  return counted([...watched.dynamodb.take(), ...watched.sqs.take()]);
}

function counted(calls: readonly string[]) {
  const names = Object.groupBy(calls, (each) => each.replace(/^.*\./, ''));
  return Object.fromEntries(Object.entries(names).map(([name, all = []]) => [name, all.length]));
}

/** Nothing is remembered from an earlier event, as in a new environment. */
function notify() {
  const table = openStateTable(tables.state, clock, dynamo);
  const once = oncePerEvent('notify', table, clock);
  const connections = openConnections(openStateTable(tables.connections, clock, dynamo), clock);
  return {
    once,
    table,
    connections,
    sockets: { post: async () => 'posted' as const, close: async () => undefined },
    endedSessions: openEndedSessions(table, clock),
    readTripCodeKey: async () => 'a key',
    queue,
    dispatch: queue,
    clock,
    push: async () => 'pushed' as const,
    breaker: <T>(work: () => Promise<T>) => work(),
  };
}

async function connectedUser(sockets = 1): Promise<string> {
  const userId = randomUUID();
  const openedAt = clock.now().getTime();
  for (let i = 0; i < sockets; i += 1) {
    const caller = { userId, role: 'customer', sessionId: randomUUID() } as const;
    const connection = { ...caller, tokenEndsAt: openedAt + 3_600_000 };
    await notify().connections.keep({
      id: randomUUID(),
      framing: 'plain',
      caller: connection,
      openedAt,
    });
  }
  return userId;
}

const eventFor = (...users: readonly string[]): EventMessage =>
  queueMessages.notify.event.parse(cancellationFor(users));

test('an event for one user costs four calls of DynamoDB and one of SQS', async () => {
  const user = await connectedUser();
  expect(await costOf(() => deliverEvent(eventFor(user), notify()))).toEqual({
    // The claim on the event, and that it is done.
    PutItem: 2,
    // The user's sockets, and whether their sessions have ended, which is remembered for 20 seconds.
    BatchGetItem: 2,
    // For the push, if nobody acknowledges the event.
    SendMessageBatch: 1,
  });
});

test('the next event for the same user costs a call less, and a second socket costs none', async () => {
  const environment = notify();
  const user = await connectedUser();
  await deliverEvent(eventFor(user), environment);
  const again = await costOf(() => deliverEvent(eventFor(user), environment));
  expect(again).toEqual({ PutItem: 2, BatchGetItem: 1, SendMessageBatch: 1 });
  const other = await connectedUser(2);
  const twoSockets = await costOf(() => deliverEvent(eventFor(other), environment));
  expect(twoSockets).toEqual({ PutItem: 2, BatchGetItem: 2, SendMessageBatch: 1 });
});

test('a hundred users cost no call more than one', async () => {
  const users: string[] = [];
  while (users.length < 100) users.push(await connectedUser());
  expect(await costOf(() => deliverEvent(eventFor(...users), notify()))).toEqual({
    PutItem: 2,
    BatchGetItem: 2,
    SendMessageBatch: 1,
  });
});

test('a push costs five calls of DynamoDB, and that of an offer one more, and one of SQS', async () => {
  const userId = randomUUID();
  const caller = { userId, role: 'customer', sessionId: randomUUID() } as const;
  const phone = { token: `phone-${userId}`, deviceType: 'android', deviceId: undefined } as const;
  await registerDeviceToken({ caller, ...phone }, { table: notify().table, clock, ids });
  const { id, event, data } = eventFor(userId);
  const unseen = { kind: 'unseen' as const, id, data, users: [userId], ifUnseen: true };
  const ofDynamo = {
    PutItem: 2,
    // Who has acknowledged the event, and the phones of those who have not.
    Query: 2,
    // Whether the phone is still theirs.
    GetItem: 1,
  };
  expect(await costOf(() => pushEvent({ ...unseen, event }, notify()))).toEqual(ofDynamo);
  const offer = { ...unseen, id: randomUUID(), event: 'new_broadcast' };
  expect(await costOf(() => pushEvent(offer, notify()))).toEqual({
    ...ofDynamo,
    // Who has acknowledged the offer of the order, without naming the event.
    Query: 3,
    // Dispatch learns whom the offer has reached.
    SendMessage: 1,
  });
});
