import { DynamoDBClient, paginateScan, UpdateItemCommand } from '@aws-sdk/client-dynamodb';

const region = 'ap-south-1';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** As if the time of everybody who noted an intent, and never came back with an answer, were over. */
export async function abandonIntents(endpoint: string, TableName: string): Promise<void> {
  const client = new DynamoDBClient({ endpoint, region, credentials });
  for await (const { Items = [] } of paginateScan({ client }, { TableName })) {
    for (const { id, status } of Items) {
      if (status?.S !== 'INPROGRESS' || !id) continue;
      await client.send(
        new UpdateItemCommand({
          TableName,
          Key: { id },
          UpdateExpression: 'SET in_progress_expiration = :then',
          ExpressionAttributeValues: { ':then': { N: String(Date.now() - 1) } },
        }),
      );
    }
  }
  client.destroy();
}
