import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';

/** Fails as a whole, or where a message says `bad`; says what came. */
export const handler = async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
  const bodies = Records.map(({ body }) => body);
  process.stdout.write(`${JSON.stringify({ worked: bodies })}\n`);
  if (bodies.includes('all bad')) throw new Error('the whole batch fails');
  const bad = Records.filter(({ body }) => body === 'bad');
  return { batchItemFailures: bad.map(({ messageId }) => ({ itemIdentifier: messageId })) };
};
