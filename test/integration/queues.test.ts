import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openQueue, type Queue } from '../../src/platform/aws/queues.ts';

/** What SQS can say that the engine does not: of a call, by the operation and the text of its one message. */
type Answer = { readonly status: number; readonly body: object };

let answer: (operation: string, body: string) => Answer;
let queue: Queue;
const asked: string[] = [];

const server = createServer(async (request, response) => {
  const operation = String(request.headers['x-amz-target']).replace('AmazonSQS.', '');
  asked.push(operation);
  const { status, body } = answer(operation, await text(request));
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify(body));
});
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const client = new SQSClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'ap-south-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    md5: false,
  });
  queue = openQueue('http://127.0.0.1/000000000000/queue', client);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const error = (status: number, code: string): Answer => ({
  status,
  body: { __type: `com.amazonaws.sqs#${code}`, message: 'As it is' },
});
const taken: Answer = { status: 200, body: { MessageId: 'm' } };
const messages = ['good', 'bad', 'fine'].map((word) => ({
  message: { kind: 'keep-track' as const, word },
}));

async function outcomes() {
  asked.length = 0;
  const sent = await queue.sendEach(messages);
  expect(sent.map(([{ message }]) => message.word)).toEqual(['good', 'bad', 'fine']);
  return sent.map(([, what]) => {
    if (what === 'taken') return what;
    return 'refusedFor' in what ? what.refusedFor : 'failed';
  });
}

const partly = (Failed: object): Answer => ({
  status: 200,
  body: {
    Successful: [
      { Id: '0', MessageId: 'm' },
      { Id: '2', MessageId: 'm' },
    ],
    Failed: [Failed],
  },
});

test.each([
  ['for itself', error(400, 'InvalidMessageContents'), 'InvalidMessageContents'],
  ['for its length', error(400, 'InvalidParameterValueException'), 'InvalidParameterValue'],
  ['for a fault of the queue', error(500, 'InternalError'), 'failed'],
  ['not at all', taken, 'taken'],
] as const)('who is left out of a batch is sent alone, and refused %s', async (_, alone, what) => {
  const left = { Id: '1', SenderFault: true, Code: 'InvalidMessageContents' };
  answer = (operation) => (operation === 'SendMessage' ? alone : partly(left));
  expect(await outcomes()).toEqual(['taken', what, 'taken']);
  expect(asked).toEqual(['SendMessageBatch', 'SendMessage']);
});

test.each([['InvalidMessageContents'], ['InvalidParameterValue'], ['BatchRequestTooLong']])(
  'a batch that is refused whole for %s is sent one by one, and who was good is taken',
  async (code) => {
    answer = (operation, body) =>
      operation === 'SendMessage' && !body.includes('bad') ? taken : error(400, code);
    expect(await outcomes()).toEqual(['taken', code, 'taken']);
    expect(asked).toEqual(['SendMessageBatch', 'SendMessage', 'SendMessage', 'SendMessage']);
    await expect(queue.sendAll(messages)).rejects.toThrow(code);
  },
);

test.each([
  [400, 'RequestThrottled'],
  [400, 'QueueDoesNotExist'],
  [403, 'AccessDeniedException'],
  [403, 'ExpiredToken'],
  [500, 'InternalError'],
  [503, 'ServiceUnavailable'],
] as const)('%i %s is nobody’s own fault, and nobody is asked again', async (status, code) => {
  answer = () => error(status, code);
  expect(await outcomes()).toEqual(['failed', 'failed', 'failed']);
  expect(asked).toEqual(['SendMessageBatch']);
  await expect(queue.sendAll(messages)).rejects.toThrow('As it is');
});
