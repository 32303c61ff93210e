import { beforeEach, expect, test } from 'vitest';
import { codeKeys } from '../../src/identity/codes/code-keys.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { openSecrets } from '../../src/platform/aws/secrets.ts';
import { functionEnvironment } from '../support/engines/function-environment.ts';
import { lambdaContext } from '../support/invoke.ts';

const { secrets } = await functionEnvironment();
const { handler } = await import('../../functions/keys.ts');

const deploy = () =>
  handler({ RequestType: 'Update', ResourceProperties: {} } as never, lambdaContext());
const names = ['arn:code-key', 'arn:signing-keys', 'arn:public-keys'];
const values = () => names.map((name) => secrets.get(name));

beforeEach(() => names.forEach((name) => secrets.delete(name)));

test('a deployment makes the key, and no other one touches it', async () => {
  await deploy();
  const made = values();
  expect(JSON.parse(made[0] ?? '')).toEqual({ key: expect.stringMatching(/^[\w+/]{43}=$/) });
  await Promise.all([deploy(), deploy(), deploy()]);
  expect(values()).toEqual(made);
});

test('where only the signing keys are, it makes what is missing and leaves them', async () => {
  await deploy();
  const [first, ...signing] = values();
  secrets.delete('arn:code-key');
  await deploy();
  const [second, ...still] = values();
  expect(still).toEqual(signing);
  expect(second).toBeDefined();
  expect(second).not.toBe(first);
});

test('a function that reads the new key can use it', async () => {
  const read = codeKeys(openSecrets().read, 'arn:code-key', systemClock);
  await expect(read()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  await deploy();
  expect((await read()).messages).toHaveLength(32);
});
