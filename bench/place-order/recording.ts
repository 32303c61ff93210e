import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { PrismaClient, PrismaPg, type Pool, type Prisma } from '@weelo/data';
import type { Cluster } from 'ioredis';
import { setImmediate as afterAllOfThis } from 'node:timers/promises';
import { sql, type Database, type Postgres } from '../../src/platform/postgres/postgres.ts';
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

/** Notes a question, and gives it this answer. */
type Record = <A>(question: Question, answer: A) => Promise<A>;

export type Recorder = ReturnType<typeof recorderOf>;

/**
 * Stands where our code has its stores, notes what it asks, and answers at once: nothing is asked of anybody. A
 * floor that asks the same again changes when our code does.
 */
export function recorderOf(bare: BareClients) {
  let questions: Question[][] = [];
  let together: Question[] | undefined;
  const record: Record = async (question, answer) => {
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
    /** `row`: what every statement finds. Each that writes changes one row. */
    postgres: postgresOn(bare.pool, record),
    redis: (answer: unknown): Pick<RedisConnection, 'evaluate'> => ({
      evaluate: (script, keys, args) =>
        record(() => bare.redis.eval(script, keys.length, ...keys, ...args), answer),
    }),
    dynamo: sentLater(bare.dynamo),
    sqs: sentLater(bare.sqs),
  };
}

function postgresOn(pool: Pool, record: Record) {
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
  const on = (row: object, asked: AskPostgres): Database => {
    const ask =
      <A>(answer: A) =>
      (statement: TemplateStringsArray | Prisma.Sql, ...values: unknown[]) => {
        const { text, values: all } = 'text' in statement ? statement : sql(statement, ...values);
        return record(() => asked(text, all), answer);
      };
    return insteadOf(insteadOf(prisma, '$queryRaw', ask([row])), '$executeRaw', ask(1));
  };
  const nothing = () => Promise.resolve();
  return (row: object): Postgres => ({
    run: (work) => work(on(row, (text, values) => pool.query(text, values))),
    transaction: async (work) => {
      const { begin, ask, commit } = onOneConnection(pool);
      await record(begin, undefined);
      const done = await work(on(row, ask));
      await record(commit, undefined);
      return done;
    },
    ping: nothing,
    close: nothing,
  });
}

type AskPostgres = (text: string, values: unknown[]) => Promise<unknown>;

interface Taken {
  query(text: string, values: unknown[]): Promise<unknown>;
  release(): void;
}

/** The statements of a transaction, when they are asked: on a connection that is theirs until the commit. */
function onOneConnection(pool: Pool) {
  let taken: Taken | undefined;
  const ask: AskPostgres = async (text, values) => {
    if (!taken) throw new Error('The transaction has not begun');
    return taken.query(text, values);
  };
  return {
    begin: async () => {
      taken = await pool.connect();
      await ask('BEGIN', []);
    },
    ask,
    commit: async () => {
      await ask('COMMIT', []);
      taken?.release();
      taken = undefined;
    },
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
