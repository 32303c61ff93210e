import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { PrismaClient, PrismaPg, type Pool, type Prisma } from '@weelo/data';
import type { Cluster } from 'ioredis';
import { setImmediate as afterAllOfThis } from 'node:timers/promises';
import { sql, type Postgres } from '../../src/platform/postgres/postgres.ts';
import type { RedisConnection } from '../../src/platform/redis/redis.ts';

/** What asks again what was recorded, and does nothing else. */
interface BareClients {
  readonly pool: Pool;
  readonly redis: Cluster;
  readonly dynamo: DynamoDBClient;
  readonly sqs: SQSClient;
}

/** Asks one question of a bare client's. */
type Question = () => Promise<unknown>;

/** What is asked at once, for each time that an answer is waited for. */
export type Questions = readonly (readonly Question[])[];

export type Recorder = ReturnType<typeof recorderOf>;

/**
 * Stands where our code has its stores, notes what it asks, and answers at once: nothing is asked of anybody. A
 * floor that asks the same again changes when our code does.
 */
export function recorderOf(bare: BareClients) {
  const prisma = new PrismaClient({ adapter: new PrismaPg(bare.pool) });
  let questions: Question[][] = [];
  let together: Question[] | undefined;
  const record = async <A>(question: Question, answer: A): Promise<A> => {
    if (!together) questions.push((together = []));
    together.push(question);
    // Whatever else is asked without an answer to this one, is asked by then.
    await afterAllOfThis();
    together = undefined;
    return answer;
  };
  /** A client of AWS whose commands are sent when somebody says so; until then they have succeeded. */
  const sentLater = <C extends DynamoDBClient | SQSClient>(client: C): C =>
    insteadOf(client, 'send', (...command) => record(() => invoke(client, 'send', command), {}));

  return {
    /** What was asked since this was called last. */
    take: (): Questions => {
      const asked = questions;
      questions = [];
      return asked;
    },
    /** `row`: what every statement finds. */
    postgres: (row: object): Postgres => {
      const ask = (statement: TemplateStringsArray | Prisma.Sql, ...values: unknown[]) => {
        const { text, values: all } = 'text' in statement ? statement : sql(statement, ...values);
        return record(() => bare.pool.query(text, all), [row]);
      };
      const database = insteadOf(insteadOf(prisma, '$queryRaw', ask), '$executeRaw', ask);
      const run: Postgres['run'] = (work) => work(database);
      const nothing = () => Promise.resolve();
      return { run, transaction: run, ping: nothing, close: nothing };
    },
    redis: (answer: unknown): Pick<RedisConnection, 'evaluate'> => ({
      evaluate: (script, keys, args) =>
        record(() => bare.redis.eval(script, keys.length, ...keys, ...args), answer),
    }),
    dynamo: sentLater(bare.dynamo),
    sqs: sentLater(bare.sqs),
  };
}

/** The same, but for one method. */
function insteadOf<T extends object>(
  target: T,
  method: string,
  instead: (...values: never[]) => unknown,
): T {
  return new Proxy(target, {
    get: (_, name) => (name === method ? instead : Reflect.get(target, name)),
  });
}

async function invoke(target: object, name: string, values: unknown[]): Promise<unknown> {
  const method: unknown = Reflect.get(target, name);
  if (typeof method !== 'function') throw new Error(`There is no method ${name}`);
  const answer: unknown = await Reflect.apply(method, target, values);
  return answer;
}

export async function askAll(questions: Questions): Promise<void> {
  for (const together of questions) await Promise.all(together.map((ask) => ask()));
}
