import {
  BillingMode,
  CreateTableCommand,
  DynamoDBClient,
  KeyType,
  ScalarAttributeType,
} from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { queueUrlOf } from 'local-cloud/engines';
import type { Variable } from '../../../src/contract/environment.ts';
import { freshDatabase } from './database.ts';
import { secretsManager } from './secrets-manager.ts';
import { redisOfWorker } from './redis-of-worker.ts';

const credentials = {
  AWS_REGION: 'ap-south-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
};

/** Points the AWS clients of this test file at the engines. */
function useEngines(): void {
  Object.assign(process.env, credentials, {
    AWS_ENDPOINT_URL_DYNAMODB: inject('dynamodb').endpoint,
    AWS_ENDPOINT_URL_SQS: inject('sqs').endpoint,
  });
}

const unique = (name: string) => `${name}-${randomBytes(4).toString('hex')}`;

/** A table with a partition key, and a sort key where one is named. */
export async function makeTable(partitionKey: string, sortKey?: string): Promise<string> {
  useEngines();
  const name = unique('table');
  const keys = sortKey === undefined ? [partitionKey] : [partitionKey, sortKey];
  await new DynamoDBClient({}).send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: BillingMode.PAY_PER_REQUEST,
      AttributeDefinitions: keys.map((AttributeName) => ({
        AttributeName,
        AttributeType: ScalarAttributeType.S,
      })),
      KeySchema: keys.map((AttributeName, i) => ({
        AttributeName,
        KeyType: i === 0 ? KeyType.HASH : KeyType.RANGE,
      })),
    }),
  );
  return name;
}

/** A queue of its own, by its name. */
export async function makeQueue(): Promise<string> {
  const name = unique('queue');
  await new SQSClient({}).send(new CreateQueueCommand({ QueueName: name }));
  return name;
}

/** Everything that a function finds in its environment, backed by the real engines. */
export async function functionEnvironment() {
  useEngines();
  const secrets = await secretsManager();
  process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER'] = secrets.endpoint;
  const { address, service, master } = await freshDatabase();
  secrets.secrets.set('arn:database', JSON.stringify(service));
  secrets.secrets.set('arn:database-owner', JSON.stringify(master));
  secrets.secrets.set('arn:trip-codes', 'only for tests');
  const { url, mode } = redisOfWorker();
  const variables: Record<Variable, string> = {
    WEELO_STAGE: 'test',
    DATABASE_HOST: address.host,
    DATABASE_PORT: String(address.port),
    DATABASE_NAME: address.database,
    DATABASE_TLS: address.tls,
    DATABASE_SECRET_ARN: 'arn:database',
    DATABASE_SLEEPS: 'no',
    REDIS_URL: url,
    REDIS_MODE: mode,
    STATE_TABLE: await makeTable('pk', 'sk'),
    CONNECTIONS_TABLE: await makeTable('pk', 'sk'),
    DISPATCH_QUEUE_URL: queueUrlOf(inject('sqs').endpoint, await makeQueue()),
    NOTIFY_QUEUE_URL: queueUrlOf(inject('sqs').endpoint, await makeQueue()),
    DISPATCH_DEAD_LETTERS_URL: queueUrlOf(inject('sqs').endpoint, await makeQueue()),
    NOTIFY_DEAD_LETTERS_URL: queueUrlOf(inject('sqs').endpoint, await makeQueue()),
    IDEMPOTENCY_TABLE: await makeTable('id'),
    DATABASE_SERVICE_SECRET_ARN: 'arn:database',
    CONNECTIONS_API_URL: inject('dynamodb').endpoint,
    EVENT_BUS_NAME: 'weelo-test',
    SIGNING_KEYS_SECRET_ARN: 'arn:signing-keys',
    PUBLIC_KEYS_SECRET_ARN: 'arn:public-keys',
    EDGE_SECRET_ARN: 'none',
    CODE_KEY_SECRET_ARN: 'arn:code-key',
    TRIP_CODE_SECRET_ARN: 'arn:trip-codes',
    PUSH_SECRET_ARN: 'arn:push',
    SMS_SENDER: 'WEELO',
    SMS_DLT: 'null',
    PLACES_SOURCE: 'built-in',
    TEST_CODES_TABLE: await makeTable('pk', 'sk'),
    API_URL: 'http://127.0.0.1:1',
    OTP_SENDS_PER_PREFIX: '10000',
    OTP_SENDS_PER_ADDRESS: '10000',
    OTP_SENDS_PER_DAY: '100000',
    OTP_KEPT_SHARE: '0.5',
  };
  Object.assign(process.env, variables);
  return { variables, secrets: secrets.secrets };
}
