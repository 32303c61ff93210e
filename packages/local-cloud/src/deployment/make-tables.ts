import * as z from 'zod';
import type { Engine } from '../protocol/engine.ts';
import { callEngine, EngineError } from '../protocol/engine-call.ts';
import type { Resource } from '../template/assembly.ts';
import type { CloudValues } from '../template/cloud-values.ts';

const KeySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.string() }));
const Index = z.object({ IndexName: z.string(), KeySchema, Projection: z.unknown() });

const Table = z.object({
  KeySchema,
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.string() })),
  GlobalSecondaryIndexes: z.array(Index).optional(),
  LocalSecondaryIndexes: z.array(Index).optional(),
  TimeToLiveSpecification: z
    .object({ AttributeName: z.string().optional(), Enabled: z.boolean().default(true) })
    .optional(),
});

const Described = z.object({ Table: z.object({ KeySchema }) });

export interface TimeToLive {
  readonly table: string;
  readonly keys: readonly string[];
  readonly attribute: string;
}

export interface TablesProps {
  readonly values: CloudValues;
  readonly engine: Engine;
}

/** Makes a table that is not there yet; says where its items' ends stand, if they have one. */
export async function makeTable(
  resource: Resource,
  { values, engine }: TablesProps,
): Promise<TimeToLive | undefined> {
  const TableName = values.refOf(resource);
  const { TimeToLiveSpecification, ...shape } = Table.parse(values.properties(resource));
  const call = (operation: string, input: object) =>
    callEngine({ engine, service: 'dynamodb', region: values.account.region, operation, input });
  try {
    await call('CreateTable', { TableName, BillingMode: 'PAY_PER_REQUEST', ...shape });
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'ResourceInUseException') throw error;
    const { Table: there } = Described.parse(await call('DescribeTable', { TableName }));
    if (JSON.stringify(there.KeySchema) !== JSON.stringify(shape.KeySchema)) {
      throw new Error(
        `The table ${TableName} has other keys than the template says: start with --reset.`,
        { cause: error },
      );
    }
  }
  const { AttributeName: attribute, Enabled } = TimeToLiveSpecification ?? {};
  if (attribute === undefined || !Enabled) return undefined;
  return { table: TableName, keys: shape.KeySchema.map((key) => key.AttributeName), attribute };
}
