import { queueMessages } from '../src/contract/queues.ts';
import { queueFunction } from './edge/queue-function.ts';

export const handler = queueFunction(queueMessages.notify, {});
