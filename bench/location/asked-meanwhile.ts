import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { Client } from '@weelo/data';
import { AsyncLocalStorage } from 'node:async_hooks';
import { Cluster } from 'ioredis';
import * as z from 'zod';
import type { Questions } from '../place-order/recording.ts';

type Question = Questions[number][number];

interface Served {
  readonly questions: Question[][];
  /** What is asked before the first answer to it has come. */
  together: Question[] | undefined;
}

/** Who asks again what was asked, and does nothing else. */
interface BareClients {
  readonly redis: Cluster;
  readonly dynamo: DynamoDBClient;
  readonly sqs: SQSClient;
}

const Script = z.tuple([z.string(), z.int()], z.union([z.string(), z.number()]));
const Statement = z.union([z.string(), z.object({ text: z.string() }).transform((s) => s.text)]);

/** A second copy of each key: in the same slot, with the same work, but nothing that we have done there already. */
export const besides = (key: string | number) => `bare:${key}`;

/**
 * Hears what the clients of this process ask while it serves calls. Redis, SQS and DynamoDB are heard call by call, so
 * that bare clients can ask the same again in the same order. The statements for PostgreSQL are only counted.
 */
export function hearQuestions(bare: BareClients) {
  const serving = new AsyncLocalStorage<Served>();
  const statements = { asked: 0, writing: 0 };
  const note = (again: (values: unknown[]) => Promise<unknown>) => (values: unknown[]) => {
    const served = serving.getStore();
    if (!served) return undefined;
    if (!served.together) served.questions.push((served.together = []));
    served.together.push(() => again(values));
    return () => void (served.together = undefined);
  };
  const bareEval = (values: unknown[]) => {
    const [script, count, ...rest] = Script.parse(values);
    const keys = rest.slice(0, count).map(besides);
    return bare.redis.eval(script, count, ...keys, ...rest.slice(count));
  };
  listen(Cluster.prototype, 'eval', note(bareEval));
  for (const [prototype, client] of [
    [SQSClient.prototype, bare.sqs],
    [DynamoDBClient.prototype, bare.dynamo],
  ] as const) {
    listen(
      prototype,
      'send',
      note((values) => invoke(client, 'send', values)),
    );
  }
  listen(Client.prototype, 'query', ([statement]) => {
    const { data: text = '' } = Statement.safeParse(statement);
    statements.asked += 1;
    if (/\b(INSERT|UPDATE|DELETE)\b/.test(text)) statements.writing += 1;
    return undefined;
  });
  return {
    statements,
    /** What is asked to serve a call. */
    askedBy: async (call: () => Promise<unknown>): Promise<Questions> => {
      const served: Served = { questions: [], together: undefined };
      await serving.run(served, call);
      return served.questions;
    },
  };
}

/** Tells what a method of all clients is called with, and when that is answered. */
function listen(
  prototype: object,
  name: string,
  hear: (values: unknown[]) => (() => void) | undefined,
): void {
  const method: unknown = Reflect.get(prototype, name);
  if (typeof method !== 'function') throw new Error(`There is no method ${name}`);
  Reflect.set(prototype, name, function heard(this: unknown, ...values: unknown[]): unknown {
    const answered = hear(values);
    const answer: unknown = Reflect.apply(method, this, values);
    if (answered) void Promise.resolve(answer).then(answered, answered);
    return answer;
  });
}

async function invoke(target: object, name: string, values: unknown[]): Promise<unknown> {
  const method: unknown = Reflect.get(target, name);
  if (typeof method !== 'function') throw new Error(`There is no method ${name}`);
  const answer: unknown = await Reflect.apply(method, target, values);
  return answer;
}
