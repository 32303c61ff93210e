import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeDevRoutes } from '../../local/dev/dev-routes.ts';
import { addressOf } from 'local-cloud/engines';
import { makeOutside } from 'local-cloud';

const path = (name: string) => fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));
const outside = makeOutside();
const status = {
  parts: [{ name: 'postgres', address: '127.0.0.1:5432' }],
  functions: [{ name: 'orders', invocations: 3, errors: 1, durations: { mean: 4, longest: 9 } }],
};
const devRoutes = makeDevRoutes({
  ...outside,
  status: () => status,
  memory: async () => [{ name: 'orders', megabytes: [21.5] }],
  documents: { openapi: path('openapi.json'), asyncapi: path('asyncapi.json') },
  city: async () => undefined,
});
const server = createServer(async (request, response) => {
  if (!(await devRoutes(request, response))) response.writeHead(418).end('not for them');
});

let origin = '';
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  origin = addressOf(server);
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

async function ask(route: string, init: RequestInit = {}) {
  const response = await fetch(origin + route, init);
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, body };
}
const json = { 'content-type': 'application/json' };
const set = (fault: unknown, headers: Record<string, string> = json) =>
  ask('/_dev/faults', { method: 'POST', headers, body: JSON.stringify(fault) });

describe('/_dev/messages', () => {
  const sms = (to: string, body: string) =>
    outside.messages.keep({ channel: 'sms', to, body, data: {}, at: '2026-01-02T03:04:05.000Z' });

  test('are those to a phone, with or without +91, newest first', async () => {
    sms('+919876543210', 'first');
    sms('+919876543299', 'not yours');
    sms('+919876543210', 'second');
    const whole = { channel: 'sms', to: '+919876543210', data: {}, at: '2026-01-02T03:04:05.000Z' };
    for (const to of ['9876543210', '+919876543210', '%2B919876543210', '919876543210']) {
      expect(await ask(`/_dev/messages?to=${to}`)).toEqual({
        status: 200,
        body: {
          messages: [
            { ...whole, body: 'second' },
            { ...whole, body: 'first' },
          ],
        },
      });
    }
    expect((await ask('/_dev/messages?to=9876543210&limit=1')).body).toMatchObject({
      messages: [{ body: 'second' }],
    });
    expect((await ask('/_dev/messages')).body['messages']).toHaveLength(3);
  });

  test.each(['limit=0', 'limit=x', 'limit=1001', 'phone=9876543210'])(
    '%s is refused',
    async (q) => {
      const name = q.split('=')[0];
      expect(await ask(`/_dev/messages?${q}`)).toEqual({
        status: 400,
        body: { error: expect.stringContaining(name ?? '') },
      });
    },
  );

  test('events are told, too', async () => {
    const event = { id: '1', bus: 'default', source: 's', detail: {}, at: '' };
    outside.events.keep({ ...event, detailType: 'sold' });
    outside.events.keep({ ...event, detailType: 'bought' });
    expect((await ask('/_dev/events?detailType=sold')).body['events']).toHaveLength(1);
  });
});

describe('/_dev/faults', () => {
  test('are set, listed, work, and are cleared', async () => {
    const fault = { kind: 'throttle', service: 'sms-voice', times: 2 };
    expect(await set(fault)).toEqual({ status: 200, body: { faults: [fault] } });
    const call = { service: 'sms-voice', action: 'SendTextMessage', caller: 'notify' };
    expect(await outside.faults.before(call)).toMatchObject({
      error: { code: 'ThrottlingException' },
    });
    expect((await ask('/_dev/faults')).body).toEqual({ faults: [{ ...fault, times: 1 }] });
    await set({ kind: 'slow', service: 'sqs', ms: 10 });
    expect((await ask('/_dev/faults?service=sms-voice', { method: 'DELETE' })).body).toEqual({
      cleared: 1,
      faults: [{ kind: 'slow', service: 'sqs', ms: 10 }],
    });
    expect((await ask('/_dev/faults', { method: 'DELETE' })).body).toEqual({
      cleared: 1,
      faults: [],
    });
  });

  test.each([
    [{ kind: 'explode', service: 'sqs' }, 'kind must be one of fail, slow, throttle'],
    [{ kind: 'throttle', service: 'sns' }, 'service must be one of dynamodb, sqs'],
    [{ kind: 'throttle' }, 'service'],
    [{ kind: 'slow', service: 'sqs' }, 'ms'],
    [{ kind: 'slow', service: 'sqs', ms: 600_000 }, 'ms'],
    [{ kind: 'fail', service: 'sqs', status: 200 }, 'status'],
    [{ kind: 'throttle', service: 'sqs', times: 0 }, 'times'],
    [{ kind: 'throttle', service: 'sqs', time: 3 }, 'time'],
    [[], 'kind'],
  ])('%j is refused', async (fault, sentence) => {
    expect(await set(fault)).toEqual({
      status: 400,
      body: { error: expect.stringContaining(sentence) },
    });
    expect(outside.faults.list()).toEqual([]);
  });

  test('what is no JSON, is called something else, or is huge is refused', async () => {
    const send = (body: string, headers: Record<string, string> = json) =>
      ask('/_dev/faults', { method: 'PUT', headers, body });
    expect(await send('{')).toMatchObject({ status: 400 });
    expect(await send('{}', { 'content-type': 'text/plain' })).toMatchObject({ status: 415 });
    expect(await send('x'.repeat(1_000_000))).toMatchObject({ status: 413 });
    expect(await ask('/_dev/faults?service=nope', { method: 'DELETE' })).toMatchObject({
      status: 400,
    });
    expect(await ask('/_dev/faults', { method: 'PATCH' })).toMatchObject({ status: 405 });
  });
});

test('/_dev/status tells what it is given', async () => {
  expect(await ask('/_dev/status')).toEqual({ status: 200, body: status });
});

test('/ says where to look, to people and to programs, and only who reads', async () => {
  const people = await fetch(origin, { headers: { accept: 'text/html,application/json' } });
  expect(people.headers.get('content-type')).toContain('text/html');
  expect(await people.text()).toContain('href="/_dev/map"');
  expect((await ask('/', { headers: { accept: 'application/json' } })).body).toMatchObject({
    map: '/_dev/map',
    docs: '/docs',
    messages: '/_dev/messages',
    status: '/_dev/status',
  });
  expect((await fetch(origin, { method: 'POST' })).status).toBe(418);
});

test('where no city lives, the map says how to start one', async () => {
  expect((await ask('/_dev/city')).body).toMatchObject({
    city: null,
    message: expect.stringContaining('npm start -- --city noida'),
  });
  expect((await ask('/_dev/city/places')).body).toEqual({ places: [] });
  const page = await fetch(`${origin}/_dev/map`);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  for (const [, file = ''] of (await page.text()).matchAll(/(?:src|href)="(\/_dev\/[^"]+)"/g)) {
    expect((await fetch(origin + file)).status, file).toBe(200);
  }
});

test('what is not theirs is left alone, and what is theirs and unknown says what there is', async () => {
  for (const route of ['/health', '/t/token', '/docsy', '/_devil']) {
    expect((await fetch(origin + route)).status).toBe(418);
  }
  expect(await ask('/_dev/message')).toEqual({
    status: 404,
    body: { error: expect.stringContaining('GET /_dev/messages') },
  });
});

describe('/docs', () => {
  /** Everything that a page or a style sheet makes a browser fetch. */
  const references = (text: string) =>
    [...text.matchAll(/(?:src|href)="(?<to>[^"]+)"|url\((?<url>[^)]+)\)/g)].map(
      ({ groups }) => groups?.['to'] ?? groups?.['url'] ?? '',
    );

  test.each(['/docs', '/docs/', '/docs/realtime'])(
    '%s loads what it needs from here',
    async (at) => {
      const response = await fetch(origin + at);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toContain('text/html');
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
      const html = await response.text();
      expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=/);
      const loaded = references(html).filter((to) => to !== 'data:,' && !to.startsWith('#'));
      expect(loaded.length).toBeGreaterThan(3);
      for (const to of loaded) {
        expect(to).toMatch(/^\/(?:docs|_dev)/);
        const resource = await fetch(origin + to);
        expect([to, resource.status]).toEqual([to, 200]);
        if (!to.endsWith('.css')) continue;
        const inside = references(await resource.text()).filter((url) => !/^["']?data:/.test(url));
        expect(inside).toEqual([]);
      }
    },
  );

  test('the reference starts with the document, and asks nobody else about it', async () => {
    const start = await (await fetch(`${origin}/docs/start.js`)).text();
    expect(start).toContain('/docs/openapi.json');
    expect(start).toContain('"validatorUrl":null');
    const { body } = await ask('/docs/openapi.json');
    expect(body).toMatchObject({ openapi: expect.stringMatching(/^3\./), servers: [{ url: '/' }] });
  });

  test('the page about sockets has each message, and no markup of the document runs', async () => {
    const html = await (await fetch(`${origin}/docs/realtime`)).text();
    const { body } = await ask('/docs/asyncapi.json');
    const { messages } = body['components'] as { messages: Record<string, object> };
    expect(Object.keys(messages).length).toBeGreaterThan(0);
    for (const name of Object.keys(messages)) expect(html).toContain(`<section id="${name}">`);
  });
});
