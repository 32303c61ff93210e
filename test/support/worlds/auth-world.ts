import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Cluster } from 'ioredis';
import * as z from 'zod';
import { routesOf } from '../../../src/contract/http/routes.ts';
import { SmsRequest } from '../../../src/contract/sms.ts';
import { codeKeys } from '../../../src/identity/codes/code-keys.ts';
import { mintCodeKey } from '../../../src/identity/codes/mint-code-key.ts';
import { mintFirstKeys } from '../../../src/identity/keys/mint-first-keys.ts';
import { smsContext } from '../../../src/identity/codes/queue-sms.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { open } from '../../../src/platform/sealed-text.ts';
import { clientOf } from '../client.ts';
import { sqlIn } from '../engines/database.ts';
import { functionEnvironment } from '../engines/function-environment.ts';
import { into } from '../invoke.ts';
import { whenDone } from '../engines/when-done.ts';

const Message = z.object({ id: z.string(), sentAt: z.string(), sealed: z.string() });

let lastPhone = 9_000_000_000;

/** A number that no other test of this file has; what knows numbers belongs to the file. */
export function freshPhone(): string {
  lastPhone += 1;
  return String(lastPhone);
}

type Variables = Readonly<Record<string, string>>;

/**
 * The auth function on the real engines, with the keys that a deployment makes. `change`: what it finds otherwise
 * than the world around it does.
 */
export async function authWorld(change: (found: Variables) => Variables = () => ({})) {
  const { variables: found, secrets } = await functionEnvironment();
  const variables = { ...found, ...change(found) };
  Object.assign(process.env, variables);
  const access = {
    readSecret: async (arn: string) => secrets.get(arn),
    writeSecret: async (arn: string, text: string) => void secrets.set(arn, text),
  };
  await mintFirstKeys({
    ...access,
    signingKeysArn: variables.SIGNING_KEYS_SECRET_ARN,
    publicKeysArn: variables.PUBLIC_KEYS_SECRET_ARN,
  });
  await mintCodeKey({ ...access, codeKeyArn: variables.CODE_KEY_SECRET_ARN });
  const { handler } = await import('../../../functions/auth.ts');
  const auth = clientOf(routesOf('auth'), into(handler));

  const redis = new Cluster([variables.REDIS_URL]);
  // Whoever stops it knows.
  redis.on('error', () => undefined);
  whenDone(() => redis.disconnect());
  const sqs = new SQSClient({});
  const sql: (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]> = sqlIn(
    variables.DATABASE_NAME,
  );

  /** The SMS on the queue to notify, opened; what stands there is taken off. */
  const takeMessages = async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: variables.NOTIFY_QUEUE_URL,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 3600,
      }),
    );
    const { messages: key } = await codeKeys(
      access.readSecret,
      variables.CODE_KEY_SECRET_ARN,
      systemClock,
    )();
    return Messages.flatMap(({ Body = '' }) => {
      const message = Message.safeParse(JSON.parse(Body)).data;
      // Events stand on the same queue.
      if (!message) return [];
      const text = open(key, message.sealed, smsContext(message));
      return [{ raw: Body, sms: SmsRequest.parse(JSON.parse(text)) }];
    });
  };
  /** The code that was sent to a phone just now. */
  const codeSentTo = async (phone: string) => {
    for (const { sms } of await takeMessages()) if (sms.to === phone) return sms.values.code;
    throw new Error(`No code was sent to ${phone}`);
  };

  type Role = 'customer' | 'transporter';
  /** Sends and verifies, as an app does. */
  const logIn = async (phone: string, role: Role = 'customer', device: object = {}) => {
    await auth.sendLoginCode({ body: { phone, role } });
    const otp = await codeSentTo(phone.slice(-10));
    const { body, error } = await auth.verifyLoginCode({ body: { phone, otp, role, ...device } });
    if (!body) throw new Error(`${phone} could not log in: ${error.code}`);
    return body;
  };

  return { auth, variables, secrets, redis, sql, takeMessages, codeSentTo, logIn };
}
