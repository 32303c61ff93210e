import * as z from 'zod';
import { unitsOf } from './dynamo-units.ts';
import type { HeardCall } from './heard-calls.ts';

export function ofGateway(calls: readonly HeardCall[]) {
  return {
    requests: calls.length,
    answerBytes: calls.reduce((sum, { answered }) => sum + Buffer.byteLength(answered), 0),
  };
}

const Entries = z.object({ Entries: z.array(z.unknown()) });

/** What is billed of the calls of AWS. */
export function ofCalls(calls: readonly HeardCall[]) {
  const of = (service: string) => calls.filter((call) => serviceOf(call) === service);
  const dynamo = of('dynamodb').map((call) => ({
    operation: operationOf(call),
    ...unitsOf(operationOf(call), parsed(call.asked), parsed(call.answered)),
  }));
  const operations = [...new Set(dynamo.map(({ operation }) => operation))].toSorted();
  return {
    dynamoCalls: table(
      operations,
      (name) => dynamo.filter(({ operation }) => operation === name).length,
    ),
    dynamoReads: dynamo.reduce((sum, { reads }) => sum + reads, 0),
    dynamoWrites: dynamo.reduce((sum, { writes }) => sum + writes, 0),
    queueRequests: of('sqs').length,
    queueBytes: of('sqs').reduce((sum, { asked }) => sum + Buffer.byteLength(asked), 0),
    posts: of('execute-api').filter(({ method }) => method === 'POST').length,
    domainEvents: of('events').flatMap(({ asked }) => Entries.parse(parsed(asked)).Entries).length,
    sms: of('sms-voice').length,
    pushes: calls.filter(({ path }) => /^\/outside\/[^/]+\/fcm\./.test(path)).length,
    secretReads: of('secretsmanager').length,
  };
}

const CREDENTIAL = /Credential=([^/,\s]+)\/\d{8}\/[^/]+\/([^/]+)\//;

export const signatureOf = ({ headers }: HeardCall) =>
  CREDENTIAL.exec(String(headers['authorization'] ?? ''));
const serviceOf = (call: HeardCall) => signatureOf(call)?.[2];
const operationOf = ({ headers }: HeardCall) =>
  String(headers['x-amz-target'] ?? '').replace(/^.*\./, '');

function parsed(text: string): unknown {
  return text === '' ? {} : JSON.parse(text);
}

export function table<N extends string>(names: readonly N[], valueOf: (name: N) => number) {
  return Object.fromEntries(names.map((name) => [name, valueOf(name)]));
}
