import { describe, expect, expectTypeOf, test } from 'vitest';
import * as z from 'zod';
import { errors } from '../../src/contract/errors.ts';
import {
  errorsOf,
  route,
  routeKeysOf,
  type Implementations,
  type Route,
} from '../../src/contract/http/route.ts';
import { routes, type RoutesOf } from '../../src/contract/http/routes.ts';

const declared: readonly Route[] = routes;

describe('the routes', () => {
  test('have operation ids and keys of their own', () => {
    const ids = declared.map(({ id }) => id);
    const keys = declared.flatMap(routeKeysOf);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test.each(declared.map((each) => [each.id, each] as const))(
    '%s keeps its own rules in its example',
    (_, { params, query, body, responses, example }) => {
      for (const [schema, shown] of [
        [params, example.params],
        [query, example.query],
        [body, example.body],
      ] as const) {
        expect(schema === undefined).toBe(shown === undefined);
        schema?.parse(shown);
      }
      for (const [status, shown] of Object.entries(example.responses)) {
        expect(responses[Number(status)]?.schema.parse(shown)).toEqual(shown);
      }
    },
  );

  test.each(declared.map((each) => [each.id, each] as const))(
    '%s names every parameter of its path, and no other',
    (_, { path, aliases = [], params }) => {
      const names = Object.keys(params?.shape ?? {});
      for (const each of [path, ...aliases]) {
        expect([...each.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)).toEqual(names);
      }
    },
  );

  test.each(declared.map((each) => [each.id, each] as const))(
    '%s counts per user where it knows the user, and remembers nowhere else',
    (_, { audience, rateLimit, idempotency, body }) => {
      const isPublic = audience === 'public';
      if (rateLimit) expect(rateLimit.per === 'user').toBe(!isPublic);
      if (rateLimit?.per === 'session') expect(body?.shape).toHaveProperty('refreshToken');
      if (idempotency) expect(isPublic).toBe(false);
    },
  );

  test('an implementation that is left out does not compile', () => {
    expectTypeOf<Record<never, never>>().not.toExtend<Implementations<RoutesOf<'system'>>>();
    expectTypeOf<Record<never, never>>().toExtend<Implementations<never>>();
  });

  test('an implementation that answers something else does not compile', () => {
    type Liveness = Implementations<RoutesOf<'system'>>['getLiveness'];
    expectTypeOf<() => Promise<{ status: 200; body: { status: 'alive' } }>>().toExtend<Liveness>();
    expectTypeOf<
      () => Promise<{ status: 200; body: { status: 'dead' } }>
    >().not.toExtend<Liveness>();
    expectTypeOf<
      () => Promise<{ status: 201; body: { status: 'alive' } }>
    >().not.toExtend<Liveness>();
  });
});

describe('the errors of a route', () => {
  const bare = {
    id: 'example',
    function: 'orders',
    method: 'POST',
    path: '/example',
    audience: 'public',
    summary: 'An example',
    envelope: 'data',
    responses: {},
    errors: [],
    example: { responses: {} },
  } as const satisfies Route;

  test('follow from what it declares', () => {
    const always = ['PAYLOAD_TOO_LARGE', 'INTERNAL_ERROR', 'SERVICE_UNAVAILABLE'];
    expect(errorsOf(route(bare))).toEqual(always);
    expect(errorsOf(route({ ...bare, audience: ['driver'] }))).toContain('FORBIDDEN');
    expect(errorsOf(route({ ...bare, audience: 'signed-in' }))).not.toContain('FORBIDDEN');
    expect(errorsOf(route({ ...bare, audience: 'signed-in' }))).toContain('RATE_LIMIT_EXCEEDED');
    expect(errorsOf(route({ ...bare, body: z.object({}) }))).toContain('UNSUPPORTED_MEDIA_TYPE');
    for (const idempotency of ['required', 'honoured'] as const) {
      expect(errorsOf(route({ ...bare, idempotency }))).toContain('MISSING_IDEMPOTENCY_KEY');
    }
  });
});

test('every error says what to do, and 401 is about the token alone', () => {
  for (const [code, { status, message, remedy }] of Object.entries(errors)) {
    expect(message).toMatch(/\.$/);
    expect(remedy).toMatch(/\.$/);
    if (status === 401) expect(code).toMatch(/TOKEN|UNAUTHORIZED/);
  }
});
