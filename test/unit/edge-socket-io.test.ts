import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { SocketContext } from '../../functions/edge/socket/call.ts';
import { messageFunction } from '../../functions/edge/socket/message-function.ts';
import { AppError } from '../../src/contract/errors.ts';
import { socketActions } from '../../src/contract/socket/actions.ts';
import type { Connection, Newcomer } from '../../src/messaging/connections/connections.ts';
import { readEnginePacket } from '../../src/messaging/frames/engine-io.ts';
import { readSocketIoPacket } from '../../src/messaging/frames/socket-io.ts';
import type { CountCall } from '../../src/platform/rate-limit.ts';
import { lambdaContext } from '../support/invoke.ts';

const caller = { userId: 'u', role: 'customer', sessionId: 's', tokenEndsAt: Infinity } as const;
const socket = { framing: 'socket-io', openedAt: 0 } as const;
const viaOf = (socketId: string, isProbed: boolean) => ({ socketId, isProbed, isUpgraded: false });
const known = new Map<string, Connection | Newcomer>([
  ['of-a-newcomer', { id: 'of-a-newcomer', ...socket }],
  ['of-a-customer', { id: 'of-a-customer', ...socket, caller }],
  ['of-a-transporter', { id: 't', ...socket, caller: { ...caller, role: 'transporter' } }],
  ['untried', { id: 'poll.p', ...socket, caller, via: viaOf('untried', false) }],
  ['tried', { id: 'poll.p', ...socket, caller, via: viaOf('tried', true) }],
  [
    'moved-to',
    { id: 'poll.p', ...socket, caller, via: { ...viaOf('moved-to', true), isUpgraded: true } },
  ],
  ['of-an-expired-one', { id: 'x', ...socket, caller: { ...caller, tokenEndsAt: 1000 } }],
]);

const closed: string[] = [];
const mailbox: string[] = [];
const shown: (string | undefined)[] = [];
/** What of the world around is different in a test. */
let find: (id: string) => Promise<Connection | Newcomer | undefined>;
let allowed: boolean;
let welcome: () => Promise<string | undefined>;
let close: (id: string) => Promise<void>;
let located: () => Promise<never>;
let probe: (socket: { readonly socketId: string }) => Promise<boolean>;
let moveTo: typeof probe;
let isChosen: typeof probe;
beforeEach(() => {
  closed.length = 0;
  mailbox.length = 0;
  probe = async () => true;
  moveTo = async () => true;
  isChosen = async () => true;
  shown.length = 0;
  find = async (id) => known.get(id);
  allowed = true;
  welcome = async () => undefined;
  close = async (id) => void closed.push(id);
  located = () => Promise.reject(new AppError('FORBIDDEN'));
});

const countCall: CountCall = async () => ({ allowed, limit: 9, remaining: 1, resetMs: 60_000 });
const unused = () => Promise.reject(new Error('An app does not say this'));
const handler = messageFunction(
  socketActions,
  {
    ping: async () => undefined,
    resume: unused,
    ack: unused,
    seen: async () => undefined,
    device: async () => undefined,
    auth: unused,
    join: async () => {
      throw new AppError('ORDER_NOT_FOUND');
    },
    leave: async () => undefined,
    hold: unused,
    accept: unused,
    decline: unused,
    location: () => located(),
  },
  {
    connections: { find: (id) => find(id) },
    countCall,
    endedSessions: { has: async () => false },
    closeSoon: (id) => close(id),
    welcome: ({ token }) => {
      shown.push(token);
      return welcome();
    },
    probe: (socket) => probe(socket),
    moveTo: (socket) => moveTo(socket),
    isChosen: (socket) => isChosen(socket),
    answersByMailbox: async ({ text }) => {
      mailbox.push(text);
      return true;
    },
    clock: { now: () => new Date(2000) },
  },
);

async function say(body: string, connectionId = 'of-a-customer') {
  const event = { requestContext: { connectionId, requestId: 'r' }, body };
  const result = await handler(event, lambdaContext() as SocketContext);
  expect(result.statusCode).toBe(200);
  return result.body;
}

describe('who says who it is', () => {
  test('is welcomed by the token in the packet', async () => {
    expect(await say('40{"token":"t"}', 'of-a-newcomer')).toBe('40{"sid":"of-a-newcomer"}');
    expect(shown).toEqual(['t']);
    expect(closed).toEqual([]);
  });

  test.each([
    '40',
    '40{}',
    '40{"token":""}',
    '40{"token":null}',
    `40{"token":"${'x'.repeat(4097)}"}`,
  ])('shows no token in %.20s', async (text) => {
    await say(text, 'of-a-newcomer');
    expect(shown).toEqual([undefined]);
  });

  test('is dropped without a word if it cannot be welcomed now, so that it tries again', async () => {
    welcome = () => Promise.reject(new AppError('SERVICE_UNAVAILABLE'));
    expect(await say('40{"token":"t"}', 'of-a-newcomer')).toBeUndefined();
    expect(closed).toEqual(['of-a-newcomer']);
    find = () => Promise.reject(new AppError('SERVICE_UNAVAILABLE'));
    expect(await say('40{"token":"t"}', 'of-a-newcomer')).toBeUndefined();
    expect(closed).toHaveLength(2);
  });

  test('is refused also while the queue is away, by which its socket is closed', async () => {
    welcome = async () => 'Invalid token';
    close = () => Promise.reject(new Error('SQS is away'));
    expect(await say('40{"token":"t"}', 'of-a-newcomer')).toBe('44{"message":"Invalid token"}');
  });
});

describe('a client that began with polling', () => {
  test('is told no secret: its id is another than the one by which its requests are known', async () => {
    const id = `poll.${'s'.repeat(24)}`;
    find = async () => ({ id, ...socket });
    const answer = (await say('40{"token":"t"}', id)) ?? '';
    expect(answer).toMatch(/^40{"sid":"[\w-]{16}"}$/);
    expect(answer).not.toContain('ssss');
  });
});

describe('before that', () => {
  test('nothing of the app is heard, and nothing answered', async () => {
    expect(await say('42["ping"]', 'of-a-newcomer')).toBeUndefined();
    expect(closed).toEqual(['of-a-newcomer']);
  });

  test('little may be said', async () => {
    expect(await say('2', 'of-a-newcomer')).toBe('3');
    expect(closed).toEqual([]);
    allowed = false;
    expect(await say('2', 'of-a-newcomer')).toBeUndefined();
    expect(closed).toEqual(['of-a-newcomer']);
    // The limit is the newcomer's. Others have limits of their own.
    expect(await say('2')).toBe('3');
  });

  test('a long message is dropped unread', async () => {
    const long = `40${JSON.stringify({ token: 't', more: 'x'.repeat(8192) })}`;
    expect(await say(long, 'of-a-newcomer')).toBeUndefined();
    expect(shown).toEqual([]);
    expect(closed).toEqual(['of-a-newcomer']);
  });
});

describe('on a socket to which a session may move', () => {
  test('the probe is answered there', async () => {
    expect(await say('2probe', 'untried')).toBe('3probe');
    expect(await say('2probe', 'tried')).toBe('3probe');
    expect([mailbox, closed]).toEqual([[], []]);
  });

  test.each(['42["ping"]', '5', '2', '40{"token":"t"}', 'abc'])(
    '%s is not heard before the probe: the socket is closed, and not the session',
    async (text) => {
      expect(await say(text, 'untried')).toBeUndefined();
      expect(closed).toEqual(['untried']);
    },
  );

  test('a probe that is too late closes it', async () => {
    probe = async () => false;
    expect(await say('2probe', 'untried')).toBeUndefined();
    probe = () => Promise.reject(new Error('DynamoDB is away'));
    expect(await say('2probe', 'untried')).toBeUndefined();
    expect(closed).toEqual(['untried', 'untried']);
  });

  test('what is said after the probe is the session’s, and the answers overtake nothing', async () => {
    expect(await say('42["ping"]', 'tried')).toBeUndefined();
    expect(mailbox).toEqual(['42["pong"]']);
    expect(await say('1', 'tried')).toBeUndefined();
    expect(closed).toEqual(['poll.p']);
  });

  test('the client moves there, and is dropped if nobody can tell whether it has', async () => {
    expect(await say('5', 'tried')).toBeUndefined();
    expect(closed).toEqual([]);
    moveTo = () => Promise.reject(new Error('SQS is away'));
    expect(await say('5', 'tried')).toBeUndefined();
    expect(closed).toEqual(['tried', 'poll.p']);
  });

  test('that lost the race to another socket, it alone is closed, and the session lives', async () => {
    moveTo = async () => false;
    expect(await say('5', 'tried')).toBeUndefined();
    expect(closed).toEqual(['tried']);
  });

  test.each(['5', '1', '41', '42["ping"]', '2', 'abc', '40{"token":"t"}'])(
    '%s is not heard when the session has gone on with another socket, or nobody can tell',
    async (text) => {
      for (const left of [async () => false, () => Promise.reject(new Error('DynamoDB is away'))]) {
        isChosen = left;
        expect(await say(text, 'tried')).toBeUndefined();
      }
      expect([closed, mailbox, shown]).toEqual([['tried', 'tried'], [], []]);
    },
  );

  test('once all is handed over, nothing is asked about the session any more', async () => {
    isChosen = () => Promise.reject(new Error('A socket that its session has moved to is known'));
    await say('42["ping"]', 'moved-to');
    expect(closed).toEqual([]);
  });
});

describe('an error', () => {
  test('is told where an app waits for an answer, and not where it does not', async () => {
    const orderId = '0198c5b0-6a3e-7c1d-9c52-0123456789ab';
    expect(await say(`42["join_booking","${orderId}"]`)).toMatch(
      /^42\["error",{"code":"ORDER_NOT_FOUND","message":"/,
    );
    expect(await say('42["fcm_token_refresh",{}]')).toBeUndefined();
    expect(await say('42["update_location",{"latitude":26.9,"longitude":75.8}]')).toBeUndefined();
    expect(closed).toEqual([]);
  });

  test('is not told of what is for another role: the Captain app joins orders, too', async () => {
    expect(await say('42["join_booking","x"]', 'of-a-transporter')).toBeUndefined();
    expect(closed).toEqual([]);
  });

  test('P18: is told wherever the token has expired, and the socket is closed', async () => {
    for (const text of ['42["ping"]', '42["fcm_token_refresh",{"fcmToken":"t"}]']) {
      expect(await say(text, 'of-an-expired-one')).toMatch(/^42\["error",{"code":"TOKEN_EXPIRED"/);
    }
    expect(closed).toHaveLength(2);
  });

  test('is written as the client reads, also while nobody can tell how it does', async () => {
    find = () => Promise.reject(new AppError('SERVICE_UNAVAILABLE', { retryAfterMs: 2000 }));
    expect(await say('42["ping"]')).toMatch(/^42\["error",{"code":"SERVICE_UNAVAILABLE"/);
    expect(await say('2')).toBe('3');
    expect(JSON.parse((await say('{"action":"ping","ref":"a"}')) ?? '')).toMatchObject({
      event: 'error',
      ref: 'a',
      data: { code: 'SERVICE_UNAVAILABLE' },
    });
  });
});

describe('whatever is said', () => {
  const names =
    'ping join_booking leave_order dispatch_ack fcm_token_refresh heartbeat update_location driver_sos hold __proto__ '.split(
      ' ',
    );
  const event = fc
    .tuple(fc.constantFrom(...names), fc.array(fc.jsonValue({ maxDepth: 4 }), { maxLength: 3 }))
    .map(([name, rest]) => `42${JSON.stringify([name, ...rest])}`);
  const deep = fc
    .tuple(fc.constantFrom('42["heartbeat",', '40{"a":', '42['), fc.integer({ min: 10, max: 3000 }))
    .map(([start, depth]) => start + '['.repeat(depth));
  const packet = fc
    .tuple(
      fc.constantFrom(
        '0',
        '1',
        '2',
        '3',
        '4',
        '40',
        '41',
        '42',
        '43',
        '44',
        '45',
        '46',
        '5',
        '6',
        '7',
      ),
      fc.constantFrom('', '/', '/a,', '12', '1-', '/a,12', '999999999999999999'),
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.jsonValue().map((each) => JSON.stringify(each)),
      ),
    )
    .map((parts) => parts.join(''));
  const text = fc.oneof(event, packet, deep, fc.string({ unit: 'binary', maxLength: 300 }));
  const who = fc.constantFrom('of-a-newcomer', 'of-a-customer', 'of-nobody');

  test('the answer is one packet or none, and nothing breaks', async () => {
    located = () => Promise.reject(new AppError('SERVICE_UNAVAILABLE'));
    await fc.assert(
      fc.asyncProperty(text, who, async (said, connectionId) => {
        const answer = await say(said, connectionId);
        expect(answer ?? '').not.toContain('INTERNAL_ERROR');
        const framed = /^\d/.test(said) || connectionId !== 'of-nobody';
        if (answer === undefined || !framed) return;
        const told = readEnginePacket(answer);
        expect(['pong', 'message']).toContain(told?.type);
        if (told?.type === 'message') expect(readSocketIoPacket(told.data)).toBeDefined();
      }),
      { numRuns: Number(process.env['FRAMES'] ?? 10_000) },
    );
  });
});
