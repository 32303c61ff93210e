import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { queueFunction } from '../../functions/edge/queue-function.ts';
import { logger } from '../../src/platform/logs/observability.ts';
import { asPartOf, requestOfNow, withRequest } from '../../src/platform/logs/request.ts';
import { lambdaContext } from '../support/invoke.ts';

afterEach(() => vi.restoreAllMocks());

test('a message that is sent carries the request of the code that sends it', () => {
  expect(withRequest({ kind: 'a' })).toEqual({ kind: 'a' });
  expect(asPartOf('one', () => withRequest({ kind: 'a' }))).toEqual({
    kind: 'a',
    requestId: 'one',
  });
});

test('a message that has waited keeps the request that wrote it', () => {
  const waited = { kind: 'a', requestId: 'first' };
  expect(asPartOf('second', () => withRequest(waited))).toBe(waited);
});

test('nothing of a request stays behind it', async () => {
  await asPartOf('one', () => sleep(1));
  expect(requestOfNow()).toBeUndefined();
});

/** A queue function that says for each message of a batch of which request it is a part. */
async function requestsOf(...bodies: readonly string[]) {
  const seen: Record<string, string | undefined> = {};
  const handler = queueFunction(
    { note: z.object({ kind: z.literal('note'), name: z.string() }) },
    {
      note: async ({ name }) => {
        await sleep(2);
        seen[name] = requestOfNow();
      },
    },
  );
  const Records = bodies.map((body, n) => ({ messageId: String(n), body }) as SQSRecord);
  const answer = await handler({ Records } satisfies SQSEvent, lambdaContext());
  return { seen, answer };
}

const note = (name: string, more: object = {}) => JSON.stringify({ kind: 'note', name, ...more });

test('messages of one batch are worked on side by side, each as a part of its own request', async () => {
  const { seen } = await requestsOf(
    note('a', { requestId: 'of-a' }),
    note('b', { requestId: 'of-b' }),
    note('of the release before'),
    note('strange', { requestId: 5 }),
  );
  expect(seen).toEqual({
    a: 'of-a',
    b: 'of-b',
    'of the release before': undefined,
    strange: undefined,
  });
});

test('what is logged about a message that fails has its request, and the event that it tells of', async () => {
  const failed = vi.spyOn(logger, 'error').mockImplementation(() => {
    expect(requestOfNow()).toBe('of-a');
  });
  const message = { kind: 'unknown', requestId: 'of-a', id: 'event-1' };
  const { answer } = await requestsOf(JSON.stringify(message));
  expect(answer?.batchItemFailures).toEqual([{ itemIdentifier: '0' }]);
  expect(failed).toHaveBeenCalledExactlyOnceWith(
    'Message failed',
    expect.objectContaining({ messageId: '0', eventId: 'event-1' }),
  );
});

test('a consumer is told when the queue took its message, as it stays when the message comes again', async () => {
  const told: unknown[] = [];
  const handler = queueFunction(
    { note: z.object({ kind: z.literal('note') }) },
    { note: async (_, sending) => void told.push(sending) },
  );
  const body = JSON.stringify({ kind: 'note' });
  const sent = { messageId: '1', body, attributes: { SentTimestamp: '1767225600000' } };
  const Records = [sent as SQSRecord, { messageId: '2', body } as SQSRecord];
  await handler({ Records }, lambdaContext());
  expect(told).toEqual([{ sentAt: 1_767_225_600_000 }, { sentAt: undefined }]);
});
