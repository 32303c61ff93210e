import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { SocketContext } from '../../functions/edge/socket/call.ts';
import { authWorld, freshPhone } from '../support/worlds/auth-world.ts';
import { lambdaContext } from '../support/invoke.ts';

const world = await authWorld();
const { handler } = await import('../../functions/socket-connect.ts');
const { handler: hear } = await import('../../functions/socket-message.ts');
const { handler: hangUp } = await import('../../functions/socket-disconnect.ts');

interface Upgrade {
  readonly headers?: Readonly<Record<string, string>>;
  readonly queryStringParameters?: Readonly<Record<string, string>>;
}

function eventOn(connectionId: string, rest: object): APIGatewayProxyWebsocketEventV2 {
  const requestContext = { connectionId, requestId: 'r1' };
  return { requestContext, ...rest } as unknown as APIGatewayProxyWebsocketEventV2;
}

/** The status of an upgrade request, as API Gateway sends it. */
async function knock(upgrade: Upgrade, connectionId = 'c1') {
  const { statusCode } = await handler(eventOn(connectionId, upgrade), lambdaContext());
  return statusCode;
}

/** What a message on a connection is answered. */
async function say(connectionId: string, body: string) {
  const { body: answer } = await hear(
    eventOn(connectionId, { body }),
    lambdaContext() as SocketContext,
  );
  return JSON.parse(answer ?? '') as { event: string; data?: { code: string } };
}
const withTicket = (ticket: string) => knock({ queryStringParameters: { ticket } });

async function loggedIn() {
  const { tokens } = await world.logIn(freshPhone());
  const token = tokens.accessToken;
  const ticket = async () => {
    const { body } = await world.auth.createSocketTicket({ token });
    return body?.ticket ?? '';
  };
  return { token, ticket };
}

afterEach(() => vi.useRealTimers());
/** Moves the clock of the functions. */
const moveTo = (ms: number) => {
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(ms);
};

describe('P18: a socket', () => {
  test('takes a token from a header, and none from the URL, which is logged', async () => {
    const { token } = await loggedIn();
    expect(await knock({ headers: { Authorization: `Bearer ${token}` } })).toBe(200);
    expect(
      await knock({ headers: { 'Sec-WebSocket-Protocol': `weelo.v1, bearer.${token}` } }),
    ).toBe(200);
    for (const name of ['token', 'access_token', 'authorization', 'ticket']) {
      expect(await knock({ queryStringParameters: { [name]: token } })).toBe(401);
    }
  });

  test('opens by a ticket once, also of many who show it at once', async () => {
    const { ticket } = await loggedIn();
    const one = await ticket();
    const answers = await Promise.all(Array.from({ length: 10 }, () => withTicket(one)));
    expect(answers.toSorted()).toEqual([200, ...Array(9).fill(401)]);
    expect(await withTicket(one)).toBe(401);
  });

  test('opens by a ticket for 30 seconds', async () => {
    const { ticket } = await loggedIn();
    // Between two whole seconds: the table, which counts those, still has the ticket when it is over.
    const now = Math.floor(Date.now() / 1000) * 1000 + 500;
    moveTo(now);
    const [early, late] = [await ticket(), await ticket()];
    moveTo(now + 29_900);
    expect(await withTicket(early)).toBe(200);
    moveTo(now + 30_100);
    expect(await withTicket(late)).toBe(401);
  });
});

test('a socket knows its caller, from its upgrade to its end', async () => {
  const { token } = await loggedIn();
  const connectionId = `c-${randomUUID()}`;
  expect(await say(connectionId, '{"action":"ping"}')).toMatchObject({
    data: { code: 'UNAUTHORIZED' },
  });
  expect(await knock({ headers: { Authorization: `Bearer ${token}` } }, connectionId)).toBe(200);
  expect(await say(connectionId, '{"action":"ping"}')).toEqual({ event: 'pong' });
  await hangUp(eventOn(connectionId, {}), lambdaContext());
  expect(await say(connectionId, '{"action":"ping"}')).toMatchObject({
    data: { code: 'UNAUTHORIZED' },
  });
});

test('a late goodbye of one socket leaves the others of its user', async () => {
  const { token } = await loggedIn();
  const [old, young] = [`c-${randomUUID()}`, `c-${randomUUID()}`];
  const headers = { Authorization: `Bearer ${token}` };
  await knock({ headers }, old);
  await knock({ headers }, young);
  for (let i = 0; i < 2; i += 1) await hangUp(eventOn(old, {}), lambdaContext());
  expect(await say(young, '{"action":"ping"}')).toEqual({ event: 'pong' });
});

test("a socket that was refused is nobody's", async () => {
  const connectionId = `c-${randomUUID()}`;
  expect(await knock({ headers: { Authorization: 'Bearer x' } }, connectionId)).toBe(401);
  expect(await say(connectionId, '{"action":"ping"}')).toMatchObject({
    data: { code: 'UNAUTHORIZED' },
  });
});
