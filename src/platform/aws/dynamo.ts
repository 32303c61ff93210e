import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { awsPatience, type AwsPatience } from './aws.ts';

/** For a function that has less time than the functions that answer HTTP. */
export function openDynamo(patience: AwsPatience): DynamoDBClient {
  return new DynamoDBClient(patience);
}

/** Asks a table for one item. The item need not exist: any answer shows that the table can be reached. */
export function openTableProbe(tableName: string): () => Promise<void> {
  const client = new DynamoDBClient(awsPatience);
  const nobody = { pk: { S: 'probe' }, sk: { S: 'probe' } };
  return async () => {
    await client.send(new GetItemCommand({ TableName: tableName, Key: nobody }));
  };
}
