import {
  ApiGatewayManagementApiClient,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

interface Wish {
  readonly call: keyof typeof calls;
  readonly value?: string;
}

const once = { maxAttempts: 1 };
const dynamo = new DynamoDBClient(once);
const secrets = new SecretsManagerClient(once);
const variable = (name: string) => process.env[name] ?? '';
const TableName = variable('TABLE');
const SecretId = variable('SECRET_ARN');
const Key = { id: { S: 'one' } };

/** Calls one service after the other's wish; an error comes back as it reached the code. */
export const handler = async ({ call, value = 'a value' }: Wish): Promise<unknown> => {
  try {
    return { answer: (await calls[call](value)) ?? 'done' };
  } catch (error) {
    const { name, message, cause } = error as Error;
    return { error: name, message: cause instanceof Error ? cause.message : message };
  }
};

const calls = {
  dynamodb: async (value: string) => {
    const Item = { ...Key, value: { S: value } };
    await dynamo.send(new PutItemCommand({ TableName, Item }));
    const found = await dynamo.send(new GetItemCommand({ TableName, Key }));
    return found.Item?.['value']?.S;
  },
  transaction: async () => {
    const Put = { TableName, Item: Key };
    await dynamo.send(new TransactWriteItemsCommand({ TransactItems: [{ Put }] }));
  },
  sqs: async (value: string) => {
    const message = { QueueUrl: variable('QUEUE_URL'), MessageBody: value };
    await new SQSClient(once).send(new SendMessageCommand(message));
  },
  secret: async (value: string) => {
    await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: value }));
    return (await secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString;
  },
  readSecret: async () => {
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId }));
    return SecretString;
  },
  events: async (value: string) => {
    const event = { Source: 'fixture', DetailType: 'Called', Detail: JSON.stringify({ value }) };
    const client = new EventBridgeClient(once);
    return (await client.send(new PutEventsCommand({ Entries: [event] }))).FailedEntryCount;
  },
  lambda: async (value: string) => {
    const FunctionName = variable('BEHAVE_ARN');
    const Payload = JSON.stringify({ do: 'echo', value });
    const answer = await new LambdaClient(once).send(new InvokeCommand({ FunctionName, Payload }));
    return JSON.parse(Buffer.from(answer.Payload ?? []).toString());
  },
  connections: async (value: string) => {
    const [ConnectionId, Data = ''] = value.split(' ');
    const client = new ApiGatewayManagementApiClient({
      ...once,
      endpoint: variable('CONNECTIONS_URL'),
    });
    await client.send(new PostToConnectionCommand({ ConnectionId, Data: Buffer.from(Data) }));
  },
  internet: async () => {
    const response = await fetch(`${variable('FCM_URL')}/v1/projects/fixture/messages:send`, {
      method: 'POST',
      body: '{}',
    });
    return { status: response.status, body: await response.json() };
  },
  elsewhere: async () => (await fetch('https://example.com/')).status,
} as const;
