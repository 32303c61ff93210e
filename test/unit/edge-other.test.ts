import type { APIGatewayProxyWebsocketEventV2, SQSRecord } from 'aws-lambda';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import * as z from 'zod';
import { commandFunction, type Command } from '../../functions/edge/command-function.ts';
import { deploymentFunction } from '../../functions/edge/deployment-function.ts';
import { queueFunction } from '../../functions/edge/queue-function.ts';
import { scheduleFunction } from '../../functions/edge/schedule-function.ts';
import type { SocketContext } from '../../functions/edge/socket/call.ts';
import { messageFunction } from '../../functions/edge/socket/message-function.ts';
import { socketActions } from '../../src/contract/socket/actions.ts';
import type { Caller } from '../../src/contract/wire.ts';
import type { CountCall } from '../../src/platform/rate-limit.ts';
import { lambdaContext } from '../support/invoke.ts';

const context = lambdaContext();

describe('a socket message', () => {
  const event = (body: string, connectionId = 'of-a-customer') =>
    ({ requestContext: { connectionId, requestId: 'r' }, body }) as APIGatewayProxyWebsocketEventV2;
  const customer: Caller = { userId: 'u', role: 'customer', sessionId: 's', tokenEndsAt: Infinity };
  const expired: Caller = { ...customer, tokenEndsAt: 1000 };
  const callers = new Map([
    ['of-a-customer', customer],
    ['of-an-expired-one', expired],
    ['of-one-who-logged-out', { ...customer, sessionId: 'ended' }],
  ]);
  const connections = {
    find: async (id: string) => {
      const caller = callers.get(id);
      return caller && ({ id, framing: 'plain', caller, openedAt: 0 } as const);
    },
  };
  const closed: string[] = [];
  const verdict = { allowed: true, limit: 60, remaining: 59, resetMs: 60_000 };
  const countNothing: CountCall = async () => verdict;
  const guards = {
    connections,
    countCall: countNothing,
    endedSessions: { has: async (id: string) => id === 'ended' },
    closeSoon: async (id: string) => void closed.push(id),
    welcome: async () => undefined,
    probe: async () => false,
    moveTo: async () => false,
    isChosen: async () => false,
    answersByMailbox: async () => false,
    clock: { now: () => new Date(2000) },
  };

  const Joined = z.object({ orderId: z.string() });
  const [ping] = socketActions;
  const join = {
    action: 'join',
    summary: 'An example',
    audience: ['customer'],
    data: Joined,
    answer: { event: 'joined', summary: 'Done', data: Joined },
    rateLimit: { limit: 60, windowSeconds: 60 },
  } as const;
  const drive = { ...join, action: 'drive', audience: ['driver'] } as const;
  const auth = { ...join, action: 'auth', whileExpired: true } as const;
  const later = { ...join, action: 'later', mayAnswerLater: true } as const;
  const quiet = {
    ...ping,
    action: 'quiet',
    answer: { event: 'heard', summary: 'Heard' },
    isQuiet: true,
  } as const;

  const said = async (
    body: string,
    { given = guards, from = 'of-a-customer', broken = false } = {},
  ) => {
    const handler = messageFunction(
      [ping, join, drive, auth, later, quiet],
      {
        ping: async () => undefined,
        join: async ({ data }) => (broken ? ({ orderId: 7 } as never) : data),
        drive: async ({ data }) => data,
        auth: async ({ data }) => data,
        later: async () => undefined,
        quiet: async () => undefined,
      },
      given,
    );
    const result = await handler(event(body, from), lambdaContext() as SocketContext);
    const answer: unknown = JSON.parse(result.body ?? 'null');
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
    ['{"action":"drive","ref":"r5","data":{"orderId":"o"}}', 'FORBIDDEN', 'r5'],
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

  test('from a connection that was never let in is refused', async () => {
    expect(await said('{"action":"ping","ref":"a"}', { from: 'of-nobody' })).toMatchObject({
      ref: 'a',
      data: { code: 'UNAUTHORIZED' },
    });
  });

  test('is counted for its sender, by its action and together with all others on its connection', async () => {
    const asked: unknown[] = [];
    const countCall: CountCall = async (key, _, overall) => {
      asked.push([key, overall?.key]);
      return { ...verdict, allowed: !key.includes('socket:') };
    };
    expect(await said('{"action":"ping"}', { given: { ...guards, countCall } })).toMatchObject({
      data: { code: 'RATE_LIMIT_EXCEEDED', retryAfterMs: 60_000 },
    });
    const connection = 'rate:{u}:connection:of-a-customer';
    expect(asked).toEqual([
      [`${connection}:flood`, connection],
      ['rate:{u}:socket:ping', undefined],
    ]);
  });

  test('is refused with its ref if its connection says too much', async () => {
    const countCall: CountCall = async (key, rule, overall = { ...rule, key }) => ({
      ...verdict,
      limit: overall.limit,
      allowed: !key.includes('connection:'),
    });
    const given = { ...guards, countCall };
    closed.length = 0;
    expect(await said('{"action":"ping","ref":"r"}', { given })).toMatchObject({
      ref: 'r',
      data: { code: 'RATE_LIMIT_EXCEEDED', retryAfterMs: 60_000 },
    });
    expect(closed).toEqual([]);
  });

  test.each(['{"action":"ping"}', '{"action":"fly"}', 'no JSON', '2'])(
    '%s in a flood is not answered, and the socket is closed',
    async (body) => {
      closed.length = 0;
      const countCall: CountCall = async (_, { limit }) => ({ ...verdict, limit, allowed: false });
      expect(await said(body, { given: { ...guards, countCall } })).toBeNull();
      expect(closed).toEqual(['of-a-customer']);
    },
  );

  test.each(['of-an-expired-one', 'of-one-who-logged-out'])(
    'P18: %s is refused, and its socket is closed',
    async (from) => {
      expect(await said('{"action":"ping","ref":"a"}', { from })).toMatchObject({
        ref: 'a',
        data: { code: 'TOKEN_EXPIRED' },
      });
      expect(closed.at(-1)).toBe(from);
    },
  );

  test('P18: is refused also while the queue is away, by which its socket is closed', async () => {
    const closeSoon = () => Promise.reject(new Error('SQS is away'));
    const given = { ...guards, closeSoon };
    for (const [from, code] of [
      ['of-an-expired-one', 'TOKEN_EXPIRED'],
      ['of-nobody', 'UNAUTHORIZED'],
    ] as const) {
      expect(await said('{"action":"ping"}', { from, given })).toMatchObject({ data: { code } });
    }
  });

  test('P18: a new token is taken also when the old one has expired', async () => {
    const body = '{"action":"auth","data":{"orderId":"o"}}';
    expect(await said(body, { from: 'of-an-expired-one' })).toMatchObject({ event: 'joined' });
  });

  test('may be answered by another function, or not at all without a ref', async () => {
    expect(await said('{"action":"later","ref":"a","data":{"orderId":"o"}}')).toBeNull();
    expect(await said('{"action":"quiet"}')).toBeNull();
    expect(await said('{"action":"quiet","ref":"a"}')).toEqual({ event: 'heard', ref: 'a' });
  });

  test('may have its fields beside the action', async () => {
    expect(await said('{"action":"join","orderId":"o"}')).toMatchObject({ data: { orderId: 'o' } });
  });

  test('hands over what was parsed, and answers what the contract says', async () => {
    expect(await said('{"action":"join","ref":"a","data":{"orderId":"o","x":1}}')).toEqual({
      event: 'joined',
      ref: 'a',
      data: { orderId: 'o' },
    });
  });

  test('with bad data says where, and an answer that breaks the contract stays inside', async () => {
    expect(await said('{"action":"join","data":{}}')).toMatchObject({
      data: { code: 'VALIDATION_ERROR', details: [{ path: 'orderId' }] },
    });
    expect(await said('{"action":"join","ref":"b","data":{"orderId":"\\uffff"}}')).toMatchObject({
      ref: 'b',
      data: { code: 'VALIDATION_ERROR', details: [{ path: 'orderId' }] },
    });
    const broken = await said('{"action":"join","data":{"orderId":"o"}}', { broken: true });
    expect(broken).toMatchObject({ data: { code: 'INTERNAL_ERROR' } });
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

test('if one repair fails, the others still run, and the failure is reported', async () => {
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

test('a schedule that finds no occasion repairs nothing, and one that failed has not repaired', async () => {
  const noted: string[] = [];
  const occasion = (mayHaveWork: boolean) => ({
    mayHaveWork: async () => mayHaveWork,
    noteRepair: async () => void noted.push('repaired'),
  });
  const repair = async () => noted.push('began');
  await scheduleFunction({ repair }, occasion(false))({} as never, context);
  expect(noted).toEqual([]);
  await scheduleFunction({ repair }, occasion(true))({} as never, context);
  expect(noted).toEqual(['began', 'repaired']);
  const broken = () => Promise.reject(new Error('It failed'));
  const failing = scheduleFunction({ broken }, occasion(true))({} as never, context);
  await expect(failing).rejects.toThrow('Some repairs failed');
  expect(noted).toEqual(['began', 'repaired']);
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
