import * as z from 'zod';
import { forward } from './forward.ts';
import type { Engine } from '../protocol/engine.ts';
import { fieldsOf, targetOf } from '../protocol/json-request.ts';
import type { Account, PlayedRequest, PlayedService } from '../protocol/played-service.ts';

/** What a call may name tables by; some name several. */
const Call = z.object({
  TableName: z.string().optional(),
  IndexName: z.string().optional(),
  RequestItems: z.record(z.string(), z.unknown()).optional(),
  ResourceArn: z.string().optional(),
});

/** What the engine has. Transactions are not among it, nor are streams, backups or PartiQL. */
const OPERATIONS: ReadonlySet<string> = new Set([
  'BatchGetItem',
  'BatchWriteItem',
  'CreateTable',
  'DeleteItem',
  'DeleteTable',
  'DescribeTable',
  'DescribeTimeToLive',
  'GetItem',
  'ListTables',
  'ListTagsOfResource',
  'PutItem',
  'Query',
  'Scan',
  'TagResource',
  'UntagResource',
  'UpdateItem',
  'UpdateTable',
]);

/** DynamoDB, in an engine behind the endpoint. */
export function forwardDynamoDb(engine: Engine): PlayedService {
  return {
    signingName: 'dynamodb',
    wireFormat: 'json-1.0',
    actionOf: (request) => {
      const operation = targetOf(request);
      return operation !== undefined && OPERATIONS.has(operation)
        ? `dynamodb:${operation}`
        : undefined;
    },
    resourcesOf: tablesIn,
    handle: (request) => forward(request, engine),
  };
}

function tablesIn(request: PlayedRequest, account: Account): readonly string[] {
  const { TableName, IndexName, RequestItems, ResourceArn } = Call.parse(fieldsOf(request));
  const { region, accountId } = account;
  const arnOf = (table: string) =>
    table.startsWith('arn:') ? table : `arn:aws:dynamodb:${region}:${accountId}:table/${table}`;
  if (RequestItems) return Object.keys(RequestItems).map(arnOf);
  if (TableName !== undefined) {
    return [IndexName === undefined ? arnOf(TableName) : `${arnOf(TableName)}/index/${IndexName}`];
  }
  return [ResourceArn ?? '*'];
}
