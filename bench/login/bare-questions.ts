import type { Database } from '../../src/platform/postgres/postgres.ts';
import type { RedisConnection } from '../../src/platform/redis/redis.ts';

/** What our stores ask of Redis. */
export type AskedRedis = Pick<RedisConnection, 'evaluate'>;

/** A script, as a bare client's `eval` takes it. */
export type RedisQuestion = readonly [script: string, keys: number, ...rest: (string | number)[]];

export interface SqlQuestion {
  readonly text: string;
  readonly values: unknown[];
}

/** What one of our stores asks Redis, for a bare client to ask: the floor changes when the store does. */
export async function asksRedis(
  store: (redis: AskedRedis) => Promise<unknown>,
): Promise<readonly RedisQuestion[]> {
  const asked: RedisQuestion[] = [];
  const evaluate: RedisConnection['evaluate'] = async (script, keys, args) =>
    void asked.push([script, keys.length, ...keys, ...args]);
  // Nobody answers here, and a store may well complain of that.
  await Promise.allSettled([store({ evaluate })]);
  return asked;
}

/** What one of our stores asks PostgreSQL. */
export async function asksPostgres(
  store: (database: Database) => Promise<unknown>,
): Promise<SqlQuestion> {
  const asked: SqlQuestion[] = [];
  const $queryRaw = async ([first = '', ...parts]: readonly string[], ...values: unknown[]) => {
    const text = parts.reduce((whole, part, i) => `${whole}$${i + 1}${part}`, first);
    asked.push({ text, values });
    return [];
  };
  await Promise.allSettled([Reflect.apply(store, undefined, [{ $queryRaw }])]);
  const [question, ...more] = asked;
  if (!question || more.length > 0) throw new Error(`One statement was expected: ${asked.length}`);
  return question;
}
