import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from './engine.ts';

/** Calls an engine as AWS' clients do, for what the cloud itself does and no function. */
export interface EngineCall {
  readonly engine: Pick<Engine, 'ask'>;
  readonly service: 'dynamodb' | 'sqs';
  readonly region: string;
  readonly operation: string;
  readonly input: object;
  readonly signal?: AbortSignal | undefined;
}

const targets = {
  dynamodb: 'DynamoDB_20120810',
  sqs: 'AmazonSQS',
} as const;

export class EngineError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export async function callEngine(call: EngineCall): Promise<unknown> {
  const { engine, service, region, operation, input, signal } = call;
  const scope = `Credential=local/20200101/${region}/${service}/aws4_request`;
  const { status, body: answer } = await engine.ask('/', {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `${targets[service]}.${operation}`,
      'x-amz-date': '20200101T000000Z',
      authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=none`,
    },
    body: JSON.stringify(input),
    signal,
  });
  const text = answer.toString();
  const body: unknown = text === '' ? {} : JSON.parse(text);
  if (status >= 200 && status < 300) return body;
  const code = memberOf(body, '__type').split('#').at(-1) ?? '';
  throw new EngineError(
    code,
    `${operation}: ${memberOf(body, 'message') || memberOf(body, 'Message') || text}`,
  );
}

function memberOf(body: unknown, name: string): string {
  const value: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, name) : '';
  return typeof value === 'string' ? value : '';
}

/** Waits, unless the cloud stops meanwhile. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal, ref: false }).catch(() => undefined);
}
