import { expect, test } from 'vitest';
import { publication } from '../../src/contract/domain-events/domain-event.ts';
import { OrderCancelled } from '../../src/contract/domain-events/orders.ts';
import { domainEvents } from '../../src/contract/domain-events/domain-events.ts';
import { queueMessages } from '../../src/contract/queues.ts';

const message = {
  kind: 'domain-event',
  id: '0190b3b0-7c3f-7c3f-8c3f-0190b3b07c3f',
  at: '2026-05-04T09:30:12.345Z',
  name: 'OrderCancelled',
  version: 1,
  data: {
    orderId: '0190b3b0-7c3f-7c3f-8c3f-0190b3b07c40',
    customerId: '0190b3b0-7c3f-7c3f-8c3f-0190b3b07c41',
    status: 'cancelled',
    eventVersion: 2,
    trucksNeeded: 3,
    trucksFilled: 0,
    cancelledTruckRequestIds: [],
  },
};

const parse = (change: object) =>
  queueMessages.notify['domain-event'].safeParse({ ...message, ...change });

test('a domain event is published as its declaration says, or not at all', () => {
  expect(parse({}).data).toEqual(message);
  expect(parse({ name: 'OrderForgotten' }).success).toBe(false);
  const [issue] = parse({ data: { ...message.data, trucksNeeded: 0 } }).error?.issues ?? [];
  expect(issue?.path).toEqual(['data', 'trucksNeeded']);
});

test('what its declaration does not name is not published', () => {
  const data = { ...message.data, status: 'cancelled' as const, customerPhone: '9876543210' };
  expect(publication(OrderCancelled, data)).toEqual({
    name: 'OrderCancelled',
    version: 1,
    data: message.data,
  });
});

test('each domain event has a name of its own', () => {
  const names = domainEvents.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
