import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod';
import { DltRegistration } from '../../src/contract/dlt.ts';
import { edgeSecretValues } from '../../src/contract/edge.ts';
import { functionNames } from '../../src/contract/functions.ts';
import { CacheSettings, DatabaseSettings, NetworkSettings } from './stores.ts';

const count = z.int().positive();
const email = z.email({ error: 'it must be one email address' });

/** An origin is a scheme, a host and perhaps a port. A browser never sends more. */
const Origin = z.string().refine((each) => URL.canParse(each) && new URL(each).origin === each, {
  error: 'each must be an origin, such as https://www.example.com, without a path',
});

const CodeBudget = z.strictObject({
  perPrefix: count.describe('In ten minutes, to numbers that share their first five digits.'),
  perAddress: count.describe(
    'In a day, to requests from one IP address. A carrier puts thousands of phones behind one address.',
  ),
  perDay: count.describe('In a day, to everybody.'),
  keptShare: z
    .number()
    .min(0)
    .max(1)
    .describe(
      "The share of a day's codes, from 0 to 1, that is kept for accounts that logged in before.",
    ),
});

const SmsOrigin = z.strictObject({
  sender: z
    .string()
    .regex(/^(pool-[\w-]{1,59}|phone-[\w-]{1,58}|[A-Za-z0-9_-]{1,11})$/, {
      error:
        'it must be a sender id of at most 11 characters, or the id of a pool or a phone number',
    })
    .describe(
      'Whom an SMS is from: a sender id, or the id of a phone number or pool, of AWS End User Messaging ([how](runbooks/register-sms-templates.md)).',
    ),
  monthlyUsd: count
    .optional()
    .describe(
      "What SMS may cost in a month, in USD. It must not be more than the account's limit, which AWS raises on request. With it, an alarm rings when seven tenths are spent.",
    ),
  dlt: DltRegistration.optional().describe(
    'The ids that carriers in India gave us. Without them, messages to India take the international route.',
  ),
});

const Edge = z.strictObject({
  firewall: z
    .enum(['count', 'block'])
    .describe(
      'What the firewall does with a request that one of its rules matches. It counts first ([until when](runbooks/firewall.md)).',
    ),
  sends: z
    .enum(edgeSecretValues)
    .describe(
      'Which of the two values of its secret the edge sends ([how it is rotated](runbooks/rotate-the-edge-secret.md)).',
    ),
});

const Domain = z.strictObject({
  name: z
    .string()
    .regex(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/, {
      error: 'it must be a host name, such as api.example.com',
    })
    .describe('The host under which the edge serves the stage.'),
  certificateArn: z
    .string()
    .regex(/^arn:aws:acm:us-east-1:\d{12}:certificate\/[\w-]+$/, {
      error:
        'it must be the ARN of a certificate in us-east-1, because CloudFront takes no other: arn:aws:acm:us-east-1:<account>:certificate/<id>',
    })
    .describe('Its certificate in AWS Certificate Manager, in us-east-1.'),
});

/** The settings that differ between deployments. Everything else is the same in all of them. */
export const StageSettings = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9]{1,11}$/, { error: 'it must be 2 to 12 small letters and digits' })
    .describe('Part of the names of log groups, functions and stacks.'),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, { error: 'it must be a region, such as ap-south-1' })
    .describe('The region of everything but the edge.'),
  tls: z
    .boolean()
    .describe(
      '`false`: plain TCP for PostgreSQL and a new Redis, allowed only for the stage on one machine.',
    ),
  network: NetworkSettings.describe('A new VPC, or one that exists.'),
  database: DatabaseSettings.describe(
    'A new Aurora PostgreSQL Serverless v2, or an RDS for PostgreSQL or Aurora that exists.',
  ),
  cache: CacheSettings.describe('A new ElastiCache Serverless for Valkey, or a Redis that exists.'),
  proxy: z
    .boolean()
    .describe(
      'Whether functions reach PostgreSQL through RDS Proxy. It shares connections, survives a fail-over, and keeps the database awake ([why](decisions/0010-proxy-in-the-service-stack.md)).',
    ),
  removal: z
    .enum(RemovalPolicy)
    .describe(
      "What happens to a new store's data when the stack is deleted, or the store is removed from the stack.",
    ),
  protection: z
    .boolean()
    .describe(
      'Whether the data stack and its stores refuse to be deleted. Off for a first deployment ([why](runbooks/first-deployment.md)).',
    ),
  logRetention: z.enum(RetentionDays).describe('How many days logs are kept.'),
  logLevel: z.enum(['DEBUG', 'INFO']).describe('From which level on functions log.'),
  requestsPerSecond: count.describe(
    'Requests that API Gateway lets through steadily. It lets twice as many through in a burst.',
  ),
  searchesPerSecond: count.describe(
    'The same for searches for prices. They use the cache most, and logins need it, too ([why](decisions/0006-redis-as-a-mirror.md)).',
  ),
  heartbeatsPerSecond: count.describe("The same for transporters' heartbeats."),
  accountConcurrency: z
    .int()
    .min(10)
    .describe(
      "How many functions may run at a time in the account: its quota L-B99A9384. A new account has 10. Preflight compares it with the account's.",
    ),
  reservedConcurrency: z
    .partialRecord(z.enum(functionNames), count)
    .describe(
      'How many environments a function always has, and at most has. AWS wants 100 of the quota to be left unreserved.',
    ),
  queueConcurrency: z
    .int()
    .min(2, { error: 'AWS allows no less than 2' })
    .max(1000)
    .describe(
      'How many environments process one queue at a time. If no environment is free for a message, that counts as one of its five tries.',
    ),
  gradualReleases: z
    .boolean()
    .describe(
      'Whether a release gets a tenth of the calls for five minutes first, and is rolled back if an alarm rings then ([why](decisions/0034-releases.md)).',
    ),
  walks: z
    .boolean()
    .describe(
      'Whether the canary walks from login to a cancelled order every five minutes ([how](runbooks/canary.md)).',
    ),
  expectsOrders: z
    .boolean()
    .describe(
      'Whether three hours without an order are an alarm. Only for a stage that has orders at night, too ([when](runbooks/no-orders.md)).',
    ),
  alarms: z.boolean().describe('Whether the stage has alarms.'),
  alarmsTo: email
    .optional()
    .describe('The email address that alarms are sent to: `-c alarmsTo=…` or `WEELO_ALARMS_TO`.'),
  edge: Edge.optional().describe(
    'CloudFront and WAF, in us-east-1: one host for requests and sockets. With it, the hosts of the APIs answer nobody else; without it, they answer everybody ([why](decisions/0035-edge.md)).',
  ),
  domain: Domain.optional().describe(
    'The name and the certificate of the edge. Without them, it has the name that CloudFront gives it.',
  ),
  corsOrigins: z
    .array(Origin)
    .describe('Origins of the web pages that may call the API. The mobile apps need none.'),
  placesSource: z
    .enum(['amazon-location', 'built-in'])
    .describe('`built-in` is for a machine from which Amazon Location Service cannot be reached.'),
  sms: SmsOrigin.describe('The sender of an SMS.'),
  codes: CodeBudget.describe(
    'How many one-time codes may be sent ([why](runbooks/when-codes-run-out.md)).',
  ),
});

/** `T`, which nobody changes. */
type Fixed<T> = T extends readonly (infer Each)[]
  ? readonly Fixed<Each>[]
  : T extends object
    ? { readonly [Name in keyof T]: Fixed<T[Name]> }
    : T;

export type Stage = Fixed<z.output<typeof StageSettings>>;

/** The settings of an edge, in a stage that has one. */
export type EdgeSettings = NonNullable<Stage['edge']>;
