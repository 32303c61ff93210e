import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { awsPatience, type AwsPatience } from './aws.ts';

/** For a function that has less time than those that answer HTTP. */
export function openDynamo(patience: AwsPatience): DynamoDBClient {
  return new DynamoDBClient(patience);
}

/** Asks a table for one item by its key, which need not exist: enough to know that it answers. */
export function openTableProbe(tableName: string): () => Promise<void> {
  const client = new DynamoDBClient(awsPatience);
  const nobody = { pk: { S: 'probe' }, sk: { S: 'probe' } };
  return async () => {
    await client.send(new GetItemCommand({ TableName: tableName, Key: nobody }));
  };
}
