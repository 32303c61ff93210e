import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { Client, Pool } from '@weelo/data';
import { AsyncLocalStorage } from 'node:async_hooks';
import { Cluster } from 'ioredis';
import * as z from 'zod';
import type { Questions } from '../place-order/recording.ts';

type Question = Questions[number][number];

/** A call that was served, and what was asked for it. */
export interface Asked {
  readonly answer: unknown;
  readonly questions: Questions;
}

interface Serving {
  readonly questions: Question[][];
  /** What is asked before the first answer to it has come. */
  together: Question[] | undefined;
}

/** Who asks again what was asked, and does nothing else. */
interface BareClients {
  readonly pool: Pool;
  readonly redis: Cluster;
  readonly dynamo: DynamoDBClient;
  readonly sqs: SQSClient;
}

const Statement = z.union([z.string(), z.object({ text: z.string() }).transform((s) => s.text)]);

/** A second copy of each key: in the same slot, with the same work, but nothing that we have done there already. */
export const besides = (key: string) => `bare:${key}`;

/**
 * Hears what the clients of this process ask while it serves calls, so that bare clients can ask the same again, call by
 * call and in the same order. Transactions are not among it: no call here has one.
 */
export function hearQuestions(bare: BareClients) {
  const serving = new AsyncLocalStorage<Serving>();
  let writes = 0;
  const note = (again: (values: unknown[]) => Promise<unknown>) => (values: unknown[]) => {
    const call = serving.getStore();
    if (!call) return undefined;
    if (!call.together) call.questions.push((call.together = []));
    call.together.push(() => again(values));
    return () => void (call.together = undefined);
  };
  const bareEval = ([script, keys, ...rest]: unknown[]) => {
    const beside = rest.map((each, i) => (i < Number(keys) ? besides(String(each)) : each));
    return invoke(bare.redis, 'eval', [script, keys, ...beside]);
  };
  listen(Cluster.prototype, 'eval', note(bareEval));
  const bareSqs = (values: unknown[]) => invoke(bare.sqs, 'send', values);
  listen(SQSClient.prototype, 'send', note(bareSqs));
  const bareDynamo = (values: unknown[]) => invoke(bare.dynamo, 'send', values);
  listen(DynamoDBClient.prototype, 'send', note(bareDynamo));
  const bareQuery = (values: unknown[]) => invoke(bare.pool, 'query', values);
  listen(Pool.prototype, 'query', note(bareQuery));
  // The pool's statements come here as well, and those of transactions.
  listen(Client.prototype, 'query', (values) => {
    if (isWriting(values)) writes += 1;
    return undefined;
  });
  return {
    /** How many statements of this process have written to PostgreSQL: ours and those of bare clients. */
    writes: () => writes,
    askedBy: async (call: () => Promise<unknown>): Promise<Asked> => {
      const questions: Question[][] = [];
      const answer = await serving.run({ questions, together: undefined }, call);
      return { answer, questions };
    },
  };
}

function isWriting([statement]: unknown[]): boolean {
  const { data: text = '' } = Statement.safeParse(statement);
  return /\b(INSERT|UPDATE|DELETE)\b/.test(text);
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
