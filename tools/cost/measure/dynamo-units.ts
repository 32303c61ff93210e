import * as z from 'zod';

/** What DynamoDB bills one call for: each item by itself, reads in steps of 4 KB and writes in steps of 1 KB. */
export interface Units {
  readonly reads: number;
  readonly writes: number;
}

type Value = { readonly [type: string]: unknown };
type Item = Readonly<Record<string, Value>>;

const Value: z.ZodType<Value> = z.record(z.string(), z.unknown());
const Item = z.record(z.string(), Value);

const Call = z.object({
  ConsistentRead: z.boolean().default(false),
  Key: Item.default({}),
  Item: Item.default({}),
  ExpressionAttributeValues: Item.default({}),
  RequestItems: z
    .record(
      z.string(),
      z.union([
        z.object({ Keys: z.array(Item), ConsistentRead: z.boolean().default(false) }),
        z.array(z.object({ PutRequest: z.object({ Item }).optional() })),
      ]),
    )
    .default({}),
});

const Answer = z.object({
  Item: Item.optional(),
  Items: z.array(Item).default([]),
  Responses: z.record(z.string(), z.array(Item)).default({}),
});

const READ_STEP = 4096;
const WRITE_STEP = 1024;

/** The units of one call, from what was asked and what was answered. */
export function unitsOf(operation: string, asked: unknown, answered: unknown): Units {
  const call = Call.parse(asked);
  const answer = Answer.parse(answered);
  const reads = (sizes: readonly number[], consistent: boolean) => ({
    reads: sum(sizes.map((size) => stepsOf(size, READ_STEP))) * (consistent ? 1 : 0.5),
    writes: 0,
  });
  switch (operation) {
    case 'GetItem':
      return reads([sizeOf(answer.Item ?? {})], call.ConsistentRead);
    case 'Query':
    case 'Scan':
      // All items of a page together are rounded up once.
      return reads([sum(answer.Items.map(sizeOf))], call.ConsistentRead);
    case 'BatchGetItem':
      return readsOfBatch(call, answer, reads);
    case 'BatchWriteItem':
      return { reads: 0, writes: writesOfBatch(call) };
    default: {
      // An update is billed for the larger of the item before and after it, which holds at least what it sets.
      const written = sizeOf({ ...call.Key, ...call.Item, ...call.ExpressionAttributeValues });
      return { reads: 0, writes: stepsOf(written, WRITE_STEP) };
    }
  }
}

function readsOfBatch(
  { RequestItems }: z.output<typeof Call>,
  { Responses }: z.output<typeof Answer>,
  reads: (sizes: readonly number[], consistent: boolean) => Units,
): Units {
  const tables = Object.entries(RequestItems).map(([table, wanted]) => {
    if (Array.isArray(wanted)) return 0;
    const found = (Responses[table] ?? []).map(sizeOf);
    // A key without an item is billed, too.
    const missing = Array.from({ length: wanted.Keys.length - found.length }, () => 0);
    return reads([...found, ...missing], wanted.ConsistentRead).reads;
  });
  return { reads: sum(tables), writes: 0 };
}

function writesOfBatch({ RequestItems }: z.output<typeof Call>): number {
  const writes = Object.values(RequestItems).flatMap((wanted) =>
    Array.isArray(wanted) ? wanted.map(({ PutRequest }) => sizeOf(PutRequest?.Item ?? {})) : [],
  );
  return sum(writes.map((size) => stepsOf(size, WRITE_STEP)));
}

function stepsOf(size: number, step: number): number {
  return Math.max(1, Math.ceil(size / step));
}

/** Names and values; numbers are taken for as long as they are written, which is never too little. */
function sizeOf(item: Item): number {
  return sum(
    Object.entries(item).map(
      ([name, value]) => Buffer.byteLength(name) + sum(Object.values(value).map(sizeOfContent)),
    ),
  );
}

function sizeOfContent(content: unknown): number {
  return Buffer.byteLength(typeof content === 'string' ? content : JSON.stringify(content ?? null));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
