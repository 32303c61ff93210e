import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { authWorld, freshPhone } from '../support/worlds/auth-world.ts';
import { lambdaContext } from '../support/invoke.ts';

const world = await authWorld();
const { handler } = await import('../../functions/socket-connect.ts');

interface Upgrade {
  readonly headers?: Readonly<Record<string, string>>;
  readonly queryStringParameters?: Readonly<Record<string, string>>;
}

/** The status of an upgrade request, as API Gateway sends it. */
async function knock(upgrade: Upgrade) {
  const requestContext = { connectionId: 'c1', requestId: 'r1' };
  const event = { requestContext, ...upgrade } as unknown as APIGatewayProxyWebsocketEventV2;
  const { statusCode } = await handler(event, lambdaContext());
  return statusCode;
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
