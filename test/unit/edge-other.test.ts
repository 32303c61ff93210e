import type { APIGatewayProxyWebsocketEventV2, SQSRecord } from 'aws-lambda';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import * as z from 'zod';
import { commandFunction, type Command } from '../../functions/edge/command-function.ts';
import { deploymentFunction } from '../../functions/edge/deployment-function.ts';
import { queueFunction } from '../../functions/edge/queue-function.ts';
import { scheduleFunction } from '../../functions/edge/schedule-function.ts';
import { messageFunction } from '../../functions/edge/socket/message-function.ts';
import { handler as socketMessage } from '../../functions/socket-message.ts';
import { lambdaContext } from '../support/invoke.ts';

const context = lambdaContext();

describe('a socket message', () => {
  const event = (body: string) =>
    ({
      requestContext: { connectionId: 'c1', requestId: 'r' },
      body,
    }) as APIGatewayProxyWebsocketEventV2;
  const said = async (body: string, to: typeof socketMessage = socketMessage) => {
    const result = await to(event(body), context);
    const answer: unknown = JSON.parse(result.body ?? '');
    return answer;
  };

  test('ping is answered by pong', async () => {
    expect(await said('{"action":"ping"}')).toEqual({ event: 'pong' });
    expect(await said('{"action":"ping","ref":"r1"}')).toEqual({ event: 'pong', ref: 'r1' });
  });

  test.each([
    ['{"action":"fly","ref":"r2"}', 'UNKNOWN_ACTION', 'r2'],
    ['{"ref":"r3"}', 'VALIDATION_ERROR', 'r3'],
    ['{"action":7,"ref":"r4"}', 'VALIDATION_ERROR', 'r4'],
    ['2', 'VALIDATION_ERROR', undefined],
    ['40{"token":"x"}', 'VALIDATION_ERROR', undefined],
    ['', 'VALIDATION_ERROR', undefined],
  ])('%s is answered by %s, and the connection lives on', async (body, code, ref) => {
    expect(await said(body)).toEqual({
      event: 'error',
      ...(ref && { ref }),
      data: expect.objectContaining({ code }),
    });
  });

  const join = {
    action: 'join',
    summary: 'An example',
    data: z.object({ orderId: z.string() }),
    answer: { event: 'joined', summary: 'Done', data: z.object({ orderId: z.string() }) },
  } as const;

  test('hands over what was parsed, and answers what the contract says', async () => {
    const handler = messageFunction([join], { join: async ({ data }) => data });
    const result = await handler(
      event('{"action":"join","ref":"a","data":{"orderId":"o","x":1}}'),
      context,
    );
    expect(JSON.parse(result.body ?? '')).toEqual({
      event: 'joined',
      ref: 'a',
      data: { orderId: 'o' },
    });
  });

  test('with bad data says where, and an answer that breaks the contract stays inside', async () => {
    const handler = messageFunction([join], { join: async () => ({ orderId: 7 }) as never });
    const bad = await handler(event('{"action":"join","data":{}}'), context);
    expect(JSON.parse(bad.body ?? '')).toMatchObject({
      data: { code: 'VALIDATION_ERROR', details: [{ path: 'orderId' }] },
    });
    const unkeepable = await handler(
      event('{"action":"join","ref":"b","data":{"orderId":"\\uffff"}}'),
      context,
    );
    expect(JSON.parse(unkeepable.body ?? '')).toMatchObject({
      ref: 'b',
      data: { code: 'VALIDATION_ERROR', details: [{ path: 'orderId' }] },
    });
    const broken = await handler(event('{"action":"join","data":{"orderId":"o"}}'), context);
    expect(JSON.parse(broken.body ?? '')).toMatchObject({ data: { code: 'INTERNAL_ERROR' } });
  });
});

describe('a queue', () => {
  const record = (messageId: string, body: string) => ({ messageId, body }) as SQSRecord;

  test('has only the failed part of a batch delivered again', async () => {
    const consumed: string[] = [];
    const handler = queueFunction(
      { wave: z.object({ orderId: z.string() }) },
      {
        wave: async ({ orderId }) => {
          if (orderId === 'broken') throw new Error('It failed');
          consumed.push(orderId);
        },
      },
    );
    const result = await handler(
      {
        Records: [
          record('1', '{"kind":"wave","orderId":"a"}'),
          record('2', '{"kind":"wave","orderId":"broken"}'),
          record('3', '{"kind":"ripple"}'),
          record('4', 'no json'),
          record('5', '{"kind":"wave"}'),
          record('6', '{"kind":"wave","orderId":"b"}'),
        ],
      },
      context,
    );
    expect(consumed).toEqual(['a', 'b']);
    const failed = result.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    expect(failed.toSorted()).toEqual(['2', '3', '4', '5']);
  });

  test('gives up a message that takes too long, alone, before the time of the function is over', async () => {
    const consumed: string[] = [];
    const handler = queueFunction(
      { wave: z.object({ orderId: z.string() }) },
      {
        wave: async ({ orderId }) => {
          if (orderId === 'endless') await new Promise<never>(() => undefined);
          consumed.push(orderId);
        },
      },
    );
    const given = lambdaContext(1500);
    const records = ['a', 'endless', 'b'].map((orderId) =>
      record(orderId, JSON.stringify({ kind: 'wave', orderId })),
    );
    const result = await handler({ Records: records }, given);
    expect(given.getRemainingTimeInMillis()).toBeGreaterThan(0);
    expect(result.batchItemFailures).toEqual([{ itemIdentifier: 'endless' }]);
    expect(consumed).toEqual(['a', 'b']);
  });

  test('that fails whole is reported whole', async () => {
    const handler = queueFunction({}, {});
    const result = await handler({ Records: [record('1', '{"kind":"x"}')] }, context);
    expect(result.batchItemFailures).toEqual([{ itemIdentifier: '1' }]);
  });
});

test('a repair that fails does not keep the others from theirs, and is not silent', async () => {
  let repaired = 0;
  const handler = scheduleFunction({
    first: async () => {
      throw new Error('It failed');
    },
    second: async () => ++repaired,
  });
  await expect(handler({} as never, context)).rejects.toThrow('Some repairs failed');
  expect(repaired).toBe(1);
});

test('the first of five repairs has 10 s of a run of 60 s, and the last what the others left', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const given: number[] = [];
  const repair = async (timeLeftMs: () => number) => given.push(timeLeftMs());
  const handler = scheduleFunction({ a: repair, b: repair, c: repair, d: repair, e: repair });
  await handler({} as never, lambdaContext(60_000));
  expect([given[0], given[4]]).toEqual([10_000, 50_000]);
});

test('a custom resource runs on create and update, and never on delete', async () => {
  const ran: unknown[] = [];
  const handler = deploymentFunction('thing', async (properties) => void ran.push(properties));
  for (const RequestType of ['Create', 'Update', 'Delete'] as const) {
    const event = { RequestType, ResourceProperties: { for: RequestType } };
    expect(await handler(event as never, context)).toEqual({ PhysicalResourceId: 'thing' });
  }
  expect(ran).toEqual([{ for: 'Create' }, { for: 'Update' }]);
});

describe('an operator', () => {
  const double: Command = {
    summary: 'Doubles a number',
    input: z.object({ number: z.number() }),
    run: async ({ number }) => Number(number) * 2,
  };
  const handler = commandFunction({ double });

  test('gets what the command answers', async () => {
    expect(await handler({ command: 'double', input: { number: 4 } }, context)).toBe(8);
  });

  test.each([
    [{ command: 'triple', input: {} }, 'There is no command "triple". Known commands: double.'],
    [{ command: 'constructor', input: {} }, 'There is no command "constructor"'],
    [{ command: 'double', input: { number: 'x' } }, 'number'],
    [{}, 'command'],
  ])('is told what is wrong with %j', async (event, message) => {
    await expect(handler(event, context)).rejects.toThrow(message);
  });
});
