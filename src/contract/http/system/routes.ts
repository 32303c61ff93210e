import * as z from 'zod';
import { PublicKeySet } from '../../public-keys.ts';
import { route } from '../route.ts';
import { Instant } from '../../wire.ts';

const Part = z
  .enum(['up', 'down'])
  .meta({ id: 'Part', description: 'Whether a part that we depend on answered in time' });

const Health = z
  .object({
    status: z.enum(['healthy', 'degraded', 'unhealthy']).meta({
      description:
        '`degraded`: everything works, more slowly (Redis is away). `unhealthy`: requests will fail.',
    }),
    timestamp: Instant,
    postgres: Part,
    redis: Part,
    dynamodb: Part,
    sqs: Part,
  })
  .meta({ id: 'Health' });

const Liveness = z.object({ status: z.literal('alive') }).meta({ id: 'Liveness' });

const Readiness = z.object({ status: z.enum(['ready', 'unready']) }).meta({ id: 'Readiness' });

const everythingUp = {
  timestamp: '2026-01-31T09:30:00.000Z',
  postgres: 'up',
  redis: 'up',
  dynamodb: 'up',
  sqs: 'up',
} as const;

export const getHealth = route({
  id: 'getHealth',
  function: 'system',
  method: 'GET',
  path: '/health',
  audience: 'public',
  summary: 'Is the service well, part by part',
  envelope: 'bare',
  responses: {
    200: { description: 'Requests are served', schema: Health },
    503: { description: 'A part that requests need is away', schema: Health },
  },
  errors: [],
  example: {
    responses: {
      200: { status: 'healthy', ...everythingUp },
      503: { status: 'unhealthy', ...everythingUp, postgres: 'down' },
    },
  },
});

export const getLiveness = route({
  id: 'getLiveness',
  function: 'system',
  method: 'GET',
  path: '/health/live',
  audience: 'public',
  summary: 'Does the service answer at all',
  envelope: 'bare',
  responses: { 200: { description: 'It does', schema: Liveness } },
  errors: [],
  example: { responses: { 200: { status: 'alive' } } },
});

export const getReadiness = route({
  id: 'getReadiness',
  function: 'system',
  method: 'GET',
  path: '/health/ready',
  audience: 'public',
  summary: 'Can the service take requests now',
  envelope: 'bare',
  responses: {
    200: { description: 'It can', schema: Readiness },
    503: { description: 'A part that requests need is away', schema: Readiness },
  },
  errors: [],
  example: { responses: { 200: { status: 'ready' }, 503: { status: 'unready' } } },
});

export const getPublicKeys = route({
  id: 'getPublicKeys',
  function: 'system',
  method: 'GET',
  path: '/.well-known/jwks.json',
  audience: 'public',
  summary: 'The keys that access tokens are signed with',
  description:
    'A JSON Web Key Set. While keys are rotated, which takes more than a week, it holds two keys; choose by `kid`.',
  envelope: 'bare',
  cacheSeconds: 300,
  responses: { 200: { description: 'The public keys', schema: PublicKeySet } },
  errors: [],
  example: {
    responses: {
      200: {
        keys: [
          {
            kty: 'EC',
            crv: 'P-256',
            use: 'sig',
            alg: 'ES256',
            kid: '2026-01-31-5f2c',
            x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
            y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
          },
        ],
      },
    },
  },
});

/**
 * API Gateway adds the CORS headers. But because there is a `$default` route, a function must answer a browser's
 * preflight with a success.
 */
export const answerPreflight = route({
  id: 'answerPreflight',
  function: 'system',
  method: 'OPTIONS',
  path: '/{proxy+}',
  audience: 'public',
  hidden: true,
  summary: 'What a browser asks before a request to another origin',
  envelope: 'bare',
  responses: { 200: { description: 'The headers say what is allowed', schema: z.object({}) } },
  errors: [],
  example: { responses: { 200: {} } },
});

export const answerUnknownPath = route({
  id: 'answerUnknownPath',
  function: 'system',
  method: 'ANY',
  path: '$default',
  audience: 'public',
  hidden: true,
  summary: 'Everything that no other route matches',
  envelope: 'data',
  responses: {},
  errors: ['NOT_FOUND'],
  example: { responses: {} },
});
