import { buildApp } from 'fauxqs';
import type { Engine } from '../protocol/engine.ts';
import { addressOf } from './http-engine.ts';
import { refuseContents } from './sqs-contents.ts';

export interface SqsEngine extends Engine {
  readonly region: string;
  readonly stop: () => Promise<void>;
}

/** The queue's own answers name a host that resolves nowhere; this form it accepts, too. */
export function queueUrlOf(endpoint: string, queueName: string): string {
  return `${endpoint}/000000000000/${queueName}`;
}

/**
 * SQS, in this process and in memory. Messages end with it, also under `npm start`: what a lost timer or
 * event would have done is repaired by the reconciler, as it is in the cloud.
 */
export async function startSqs(region = 'ap-south-1'): Promise<SqsEngine> {
  // Not startFauxqs: that listens on every interface, and the queues carry phone numbers.
  const app = buildApp({ logger: false, defaultRegion: region });
  await refuseContents(app);
  await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    endpoint: addressOf(app.server),
    region,
    // Past the network, which would take as much processor time again as the engine.
    ask: async (url, { method, headers, body: payload, signal }) => {
      const question = { method: methodOf(method), url, headers, payload };
      const answer = await app.inject({ ...question, ...(signal && { signal }) });
      return { status: answer.statusCode, headers: answer.headers, body: answer.rawPayload };
    },
    stop: async () => {
      await app.close();
    },
  };
}

/** AWS' clients post, and we look into a queue by GET: the engine has no other methods. */
function methodOf(method: string): 'GET' | 'POST' {
  return method === 'GET' ? 'GET' : 'POST';
}
