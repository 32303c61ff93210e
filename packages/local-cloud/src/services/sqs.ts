import * as z from 'zod';
import { forward } from './forward.ts';
import type { Engine } from '../protocol/engine.ts';
import { fieldsOf, targetOf } from '../protocol/json-request.ts';
import type { PlayedService } from '../protocol/played-service.ts';

const Call = z.object({ QueueUrl: z.string().optional(), QueueName: z.string().optional() });

/** A batch is allowed to whoever may do the same with one message. */
const BATCH = /Batch$/;

/** SQS, in an engine behind the endpoint. */
export function forwardSqs(engine: Engine): PlayedService {
  return {
    signingName: 'sqs',
    wireFormat: 'json-1.0',
    actionOf: (request) => {
      const operation = targetOf(request);
      return operation === undefined ? undefined : `sqs:${operation.replace(BATCH, '')}`;
    },
    resourcesOf: (request, { region, accountId }) => {
      const { QueueUrl, QueueName } = Call.parse(fieldsOf(request));
      const name = QueueName ?? QueueUrl?.split('/').at(-1);
      return [name === undefined ? '*' : `arn:aws:sqs:${region}:${accountId}:${name}`];
    },
    // Whatever the host in a queue's URL, the engine knows it by path alone.
    handle: (request) => forward({ ...request, path: '/' }, engine),
  };
}
