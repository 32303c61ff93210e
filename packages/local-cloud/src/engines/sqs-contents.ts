import { findPackageJSON } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { buildApp } from 'fauxqs';
import * as z from 'zod';

/** What AWS allows in a message; half a character, which is a surrogate alone, is not among it. */
const allowed = /^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]*$/u;

const Message = z.object({ MessageBody: z.string().default('') });
const Sent = z.union([z.object({ Entries: z.array(Message) }), Message]).catch({ Entries: [] });

const refusal = JSON.stringify({
  __type: 'com.amazonaws.sqs#InvalidMessageContents',
  message: 'Invalid binary character was found in the message body.',
});

/**
 * Refuses what AWS refuses. The engine by itself sends the good messages of a batch with a bad one, where AWS refuses
 * the call; and it takes each half of an emoji for a bad character.
 */
export async function refuseContents(app: ReturnType<typeof buildApp>): Promise<void> {
  await switchOffOwnRule();
  app.addHook('preHandler', async ({ headers, body }, reply) => {
    if (!String(headers['x-amz-target']).startsWith('AmazonSQS.SendMessage')) return undefined;
    const sent = Sent.parse(body);
    const messages = 'Entries' in sent ? sent.Entries : [sent];
    if (messages.every(({ MessageBody }) => allowed.test(MessageBody))) return undefined;
    return reply
      .status(400)
      .header('content-type', 'application/x-amz-json-1.0')
      .header('x-amzn-query-error', 'InvalidMessageContents;Sender')
      .send(refusal);
  });
}

const Rules = z.object({ INVALID_MESSAGE_BODY_CHAR: z.instanceof(RegExp) });

/** It is not exported, and nothing configures it; the version of the engine is pinned in package.json. */
async function switchOffOwnRule(): Promise<void> {
  const root = findPackageJSON('fauxqs', import.meta.url) ?? '';
  const file = pathToFileURL(join(root, '../dist/sqs/sqsTypes.js'));
  const { INVALID_MESSAGE_BODY_CHAR: rule } = Rules.parse(await import(file.href));
  Object.defineProperty(rule, 'test', { value: () => false, configurable: true });
}
