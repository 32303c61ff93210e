import { codeKeys } from '../../src/identity/codes/code-keys.ts';
import { queueSms } from '../../src/identity/codes/queue-sms.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { timeOrderedIds } from '../../src/platform/ids.ts';
import { readSecretAs } from './cloud-secret.ts';

/** A message as auth would put it on the queue, with auth's right to read the key. */
export async function smsAskedForBy(auth: Readonly<Record<string, string>>): Promise<object> {
  let asked: object = {};
  const askFor = queueSms({
    queue: { send: (message) => Promise.resolve(void (asked = message)) },
    readKeys: codeKeys(
      (arn) => readSecretAs(auth, arn),
      auth['CODE_KEY_SECRET_ARN'] ?? '',
      systemClock,
    ),
    clock: systemClock,
    ids: timeOrderedIds,
  });
  await askFor({ to: '9812345670', template: 'login', values: { code: '123456' } });
  return asked;
}
