import { Parser } from '@asyncapi/parser';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { openApiOf } from '../../src/contract/documents/openapi.ts';
import { route } from '../../src/contract/http/route.ts';
import { asyncApiOf } from '../../src/contract/documents/asyncapi.ts';
import { domainEventsDocument } from '../../src/contract/documents/domain-events.ts';
import { domainEvents } from '../../src/contract/domain-events/domain-events.ts';
import { events } from '../../src/contract/events/events.ts';
import { socketActions, socketAnswers } from '../../src/contract/socket/actions.ts';

const asyncApi = JSON.stringify(asyncApiOf(socketActions, socketAnswers, events));

test.each([
  ['sockets', asyncApi],
  ['domain events', JSON.stringify(domainEventsDocument(domainEvents))],
])('the AsyncAPI document of %s is valid', async (_, document) => {
  const problems = await new Parser().validate(document);
  expect(problems.filter(({ severity }) => severity === 0)).toEqual([]);
});

test('the AsyncAPI parser would have found a mistake', async () => {
  const document = asyncApi.replace('"receive"', '"hears"');
  const problems = await new Parser().validate(document);
  expect(problems.some(({ severity }) => severity === 0)).toBe(true);
});

const Place = z.object({ latitude: z.number().min(-90).max(90) }).meta({ id: 'Place' });

const example = route({
  id: 'placeExample',
  function: 'orders',
  method: 'POST',
  path: '/api/v1/examples/{id}',
  aliases: ['/api/v1/samples/{id}'],
  audience: ['customer'],
  summary: 'An example of everything',
  params: z.object({ id: z.uuid() }),
  query: z.object({ limit: z.coerce.number().int().optional() }),
  body: z.object({ pickup: Place }),
  envelope: 'data',
  responses: { 201: { description: 'Placed', schema: z.object({ pickup: Place }) } },
  errors: ['NOT_FOUND'],
  idempotency: 'required',
  rateLimit: { limit: 5, windowSeconds: 60, per: 'user' },
  example: {
    params: { id: '0190b3b0-7c3f-7c3f-8c3f-0190b3b07c3f' },
    query: { limit: '3' },
    body: { pickup: { latitude: 28.5 } },
    responses: { 201: { pickup: { latitude: 28.5 } } },
  },
});

test('OpenAPI shows all that a route declares', () => {
  const document = openApiOf([example]);
  expect(document).toMatchObject({
    paths: {
      '/api/v1/examples/{id}': {
        post: {
          operationId: 'placeExample',
          security: [{ accessToken: [] }],
          'x-aliases': ['/api/v1/samples/{id}'],
          parameters: [
            { name: 'id', in: 'path', required: true },
            { name: 'limit', in: 'query', required: false, example: 3 },
            { name: 'X-Idempotency-Key', in: 'header', required: true },
          ],
          requestBody: {
            content: { 'application/json': { example: { pickup: { latitude: 28.5 } } } },
          },
          responses: {
            201: {
              content: {
                'application/json': {
                  schema: { properties: { success: { const: true } } },
                  example: { success: true, data: { pickup: { latitude: 28.5 } } },
                },
              },
            },
            400: { description: expect.stringContaining('VALIDATION_ERROR') },
            401: { description: expect.stringContaining('UNAUTHORIZED') },
            403: { description: expect.stringContaining('FORBIDDEN') },
            404: { description: expect.stringContaining('NOT_FOUND') },
            409: { description: expect.stringContaining('CONCURRENT_REQUEST') },
            429: { description: expect.stringContaining('RATE_LIMIT_EXCEEDED') },
          },
        },
      },
    },
    components: { schemas: { Place: { type: 'object' }, Error: { type: 'object' } } },
  });
});
