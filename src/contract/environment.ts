import * as z from 'zod';
import { DltRegistration } from './dlt.ts';

const text = z.string().min(1);
const url = z.url();
const count = z.coerce.number().int().positive();

/** Every environment variable that our code reads: what it says and what it must look like. */
export const variables = {
  WEELO_STAGE: {
    meaning: 'The stage: local, dev, staging, prod or one of your own',
    schema: text,
  },
  DATABASE_HOST: { meaning: 'Host of PostgreSQL', schema: text },
  DATABASE_PORT: { meaning: 'Port of PostgreSQL', schema: count },
  DATABASE_NAME: { meaning: 'Name of the database', schema: text },
  DATABASE_TLS: {
    meaning: '`verify-full` checks the certificate against the RDS authorities, `off` is plain TCP',
    schema: z.enum(['verify-full', 'off']),
  },
  DATABASE_SECRET_ARN: {
    meaning: 'The secret with `username` and `password` of the role that this function logs in as',
    schema: text,
  },
  DATABASE_SLEEPS: {
    meaning: '`yes`: the database pauses while nobody is connected. Who uses it notes that',
    schema: z.enum(['yes', 'no']),
  },
  DATABASE_SERVICE_SECRET_ARN: {
    meaning: "The secret of the service's own role, which migrate gives its password",
    schema: text,
  },
  REDIS_URL: { meaning: '`redis://` or `rediss://`, used as written', schema: url },
  REDIS_MODE: { meaning: 'Which client to use', schema: z.enum(['cluster', 'single']) },
  IDEMPOTENCY_TABLE: { meaning: "Powertools' idempotency records", schema: text },
  CONNECTIONS_TABLE: { meaning: 'Who is connected on which socket', schema: text },
  STATE_TABLE: {
    meaning: 'What both sides of the VPC must know for a while, such as revoked sessions',
    schema: text,
  },
  DISPATCH_QUEUE_URL: { meaning: 'Waves, deadlines, delivery results', schema: url },
  NOTIFY_QUEUE_URL: { meaning: 'What is to be told to clients', schema: url },
  DISPATCH_DEAD_LETTERS_URL: { meaning: 'What dispatch has given up', schema: url },
  NOTIFY_DEAD_LETTERS_URL: { meaning: 'What notify has given up', schema: url },
  EVENT_BUS_NAME: { meaning: 'The event bus on which other systems listen', schema: text },
  CONNECTIONS_API_URL: { meaning: 'Where sockets are posted to', schema: url },
  SIGNING_KEYS_SECRET_ARN: { meaning: 'The private signing keys', schema: text },
  PUBLIC_KEYS_SECRET_ARN: { meaning: 'The public halves, as a JWKS', schema: text },
  CODE_KEY_SECRET_ARN: {
    meaning: 'The secret from which the keys are derived that encrypt and hash one-time codes',
    schema: text,
  },
  SMS_SENDER: {
    meaning: 'Whom an SMS is from: a sender id, or the id of a phone number or pool',
    schema: z.string().regex(/^[\w-]{1,64}$/),
  },
  SMS_DLT: {
    meaning: 'JSON: the entity id and template ids that carriers in India gave us, or `null`',
    schema: z.string().transform(jsonIn).pipe(DltRegistration.nullable()),
  },
  OTP_SENDS_PER_PREFIX: {
    meaning: 'Login codes in ten minutes to numbers that share their first five digits, at most',
    schema: count,
  },
  OTP_SENDS_PER_ADDRESS: {
    meaning: 'Login codes in a day that are asked for from one address, at most',
    schema: count,
  },
  OTP_SENDS_PER_DAY: {
    meaning: 'Login codes in a day, to everybody, at most',
    schema: count,
  },
  OTP_KEPT_SHARE: {
    meaning:
      "The share of the day's login codes, from 0 to 1, that is kept for accounts that logged in before",
    schema: z.coerce.number().min(0).max(1),
  },
  TRIP_CODE_SECRET_ARN: {
    meaning: 'The secret from which the codes of trips follow, which customers give drivers',
    schema: text,
  },
  PUSH_SECRET_ARN: {
    meaning: 'The secret with the Firebase service account. While it has no value, no push is sent',
    schema: text,
  },
  TEST_CODES_TABLE: { meaning: 'The codes of test numbers, which get no SMS', schema: text },
  API_URL: {
    meaning:
      'Where the apps reach the API: a URL, or `<region>/<stack>`, if only the stack of the edge can say it',
    schema: z.union([url, z.string().regex(/^[\w-]+\/[\w-]+$/)]),
  },
  EDGE_SECRET_ARN: {
    meaning:
      'The secret that a request shows which came through the edge. `none`: the stage has no edge',
    schema: text,
  },
  PLACES_SOURCE: {
    meaning:
      'Who is asked about places and routes: `amazon-location`, or `built-in` where that cannot be reached',
    schema: z.enum(['amazon-location', 'built-in']),
  },
} as const satisfies Record<string, { meaning: string; schema: z.ZodType }>;

export type Variable = keyof typeof variables;

function jsonIn(text: string, context: z.RefinementCtx): unknown {
  try {
    const parsed: unknown = JSON.parse(text);
    return parsed;
  } catch {
    context.addIssue({ code: 'custom', message: 'This is not JSON' });
    return z.NEVER;
  }
}

/**
 * Base URLs of services that are not AWS. Without a variable of this name, the real service is used. The local cloud
 * sets these variables, so that it can play the services.
 */
export const baseUrls = {
  FCM_URL: 'https://fcm.googleapis.com',
  GOOGLE_TOKEN_URL: 'https://oauth2.googleapis.com',
} as const;

export function baseUrlOf(service: keyof typeof baseUrls): string {
  return process.env[service] ?? baseUrls[service];
}

/**
 * Set only by `npm start -- --rate-limits off`, for load tests. No deployment has it, and it has an effect only in the
 * stage `local`.
 */
export const rateLimitsVariable = 'WEELO_RATE_LIMITS';

export function rateLimitsAreLifted(
  variables: Readonly<Record<string, string | undefined>>,
): boolean {
  return variables['WEELO_STAGE'] === 'local' && variables[rateLimitsVariable] === 'off';
}

/** Stages without real users. There, an answer that is not in the contract is an error, so that it is noticed. */
const strictStages = new Set(['local', 'test', 'dev']);

export function answersAreStrict(variables: Readonly<Record<string, string | undefined>>): boolean {
  return strictStages.has(variables['WEELO_STAGE'] ?? 'local');
}

/** How many connections to PostgreSQL one environment of a function opens at most. A stage's concurrency follows from it. */
export const connectionsPerEnvironment = 2;

const database = ['DATABASE_HOST', 'DATABASE_PORT', 'DATABASE_NAME', 'DATABASE_TLS'] as const;

/** The resources that a function may use, and the variables that it needs for each. */
export const resources = {
  postgres: { variables: [...database, 'DATABASE_SECRET_ARN', 'DATABASE_SLEEPS'], needsVpc: true },
  'postgres-admin': {
    variables: [...database, 'DATABASE_SECRET_ARN', 'DATABASE_SERVICE_SECRET_ARN'],
    needsVpc: true,
  },
  redis: { variables: ['REDIS_URL', 'REDIS_MODE'], needsVpc: true },
  'idempotency-table': { variables: ['IDEMPOTENCY_TABLE'], needsVpc: false },
  'connections-table': { variables: ['CONNECTIONS_TABLE'], needsVpc: false },
  'state-table': { variables: ['STATE_TABLE'], needsVpc: false },
  'dispatch-queue': { variables: ['DISPATCH_QUEUE_URL'], needsVpc: false },
  'notify-queue': { variables: ['NOTIFY_QUEUE_URL'], needsVpc: false },
  'dead-letters': {
    variables: ['DISPATCH_DEAD_LETTERS_URL', 'NOTIFY_DEAD_LETTERS_URL'],
    needsVpc: false,
  },
  'connections-api': { variables: ['CONNECTIONS_API_URL'], needsVpc: false },
  'event-bus': { variables: ['EVENT_BUS_NAME'], needsVpc: false },
  'signing-keys': { variables: ['SIGNING_KEYS_SECRET_ARN'], needsVpc: false },
  'public-keys': { variables: ['PUBLIC_KEYS_SECRET_ARN'], needsVpc: false },
  'code-key': { variables: ['CODE_KEY_SECRET_ARN'], needsVpc: false },
  'trip-code-key': { variables: ['TRIP_CODE_SECRET_ARN'], needsVpc: false },
  'code-budget': {
    variables: [
      'OTP_SENDS_PER_PREFIX',
      'OTP_SENDS_PER_ADDRESS',
      'OTP_SENDS_PER_DAY',
      'OTP_KEPT_SHARE',
    ],
    needsVpc: false,
  },
  sms: { variables: ['SMS_SENDER', 'SMS_DLT'], needsVpc: false },
  push: { variables: ['PUSH_SECRET_ARN'], needsVpc: false },
  location: { variables: ['PLACES_SOURCE'], needsVpc: false },
  'edge-secret': { variables: ['EDGE_SECRET_ARN'], needsVpc: false },
  'test-code-keeping': { variables: ['TEST_CODES_TABLE'], needsVpc: false },
  'test-code-taking': { variables: ['TEST_CODES_TABLE'], needsVpc: false },
  'public-api': { variables: ['API_URL'], needsVpc: false },
  'key-rotation': {
    variables: ['SIGNING_KEYS_SECRET_ARN', 'PUBLIC_KEYS_SECRET_ARN'],
    needsVpc: false,
  },
  'key-minting': {
    variables: ['SIGNING_KEYS_SECRET_ARN', 'PUBLIC_KEYS_SECRET_ARN', 'CODE_KEY_SECRET_ARN'],
    needsVpc: false,
  },
} as const satisfies Record<string, { variables: readonly Variable[]; needsVpc: boolean }>;

export type Resource = keyof typeof resources;

/** The parsed values of some variables. */
export type Environment<V extends Variable> = {
  readonly [Name in V]: z.output<(typeof variables)[Name]['schema']>;
};
