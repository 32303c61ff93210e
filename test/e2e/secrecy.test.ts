import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Client } from '@weelo/data';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Cluster } from 'ioredis';
import { WebSocket } from 'ws';
import * as z from 'zod';
import { type Cloud, startCloud } from 'local-cloud';
import { queueUrlOf } from 'local-cloud/engines';
import { plantSeed } from '../../local/start/seed.ts';
import { synthesizedApp } from '../../local/start/synthesized.ts';
import { weeloSettings } from '../../local/start/weelo-settings.ts';
import { queueMessages } from '../../src/contract/queues.ts';
import { SmsRequest } from '../../src/contract/sms.ts';
import { codeKeys } from '../../src/identity/codes/code-keys.ts';
import { smsContext } from '../../src/identity/codes/queue-sms.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { open } from '../../src/platform/sealed-text.ts';
import { routes } from '../../src/contract/http/routes.ts';
import { clientOf, type Client as ApiClient } from '../support/client.ts';
import { readSecretAs } from '../support/cloud-secret.ts';
import { everythingKept, type Kept } from '../support/engines/everything-kept.ts';
import { overTheWire } from '../support/over-the-wire.ts';
import { Secrets, type Allowance, type Secret } from '../support/secrecy.ts';

const region = 'ap-south-1';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

let cloud: Cloud;
let api: ApiClient<(typeof routes)[number]>;
const logs: Kept[] = [];
const hear = (functionName: string, line: string) =>
  logs.push({ where: `log ${functionName}`, text: line });

beforeAll(async () => {
  cloud = await startCloud({
    assembly: await synthesizedApp('local', () => undefined),
    ...weeloSettings,
    onLog: ({ functionName, line }) => hear(functionName, line),
  });
  await plantSeed(cloud);
  api = clientOf(routes, overTheWire(cloud.origin));
});
afterAll(() => cloud.stop());

/** Nothing else of it may stand anywhere. */
const allowed: readonly Allowance[] = [
  {
    secret: 'phone',
    where: /^postgres weelo\.users$/,
    as: /"phone":"\d{10}"/g,
    because: 'an account is known by it',
  },
  {
    secret: 'phone',
    where: /^redis key$/,
    as: /^(?:\{otp-budget\}:receiver:\d{10}|\{?(?:otp:\d{10}:(?:customer|transporter)|driver-otp:\d{10})(?:\}:(?:wrong|cooling|sends|note|former|former-note|attempt:[\da-f-]{36}))?|driver-onboard:\{\d{10}\}:[\da-z:-]+)$/g,
    because: 'codes are kept and counted by number, for ten minutes',
  },
  {
    secret: 'device token',
    where: /^dynamodb \S+State\S+ devices$/,
    as: /"token":\{"S":"[^"]+"\}/g,
    because: 'push messages are sent to it',
  },
];
const secrets = new Secrets(allowed);
const secret = (kind: Secret, text: string) => secrets.add(kind, text);

const databaseOf = () => cloud.processOf('weelo-local-auth').variables['DATABASE_NAME'] ?? '';

/** All that is kept, and all that was said until now. */
async function everything(): Promise<readonly Kept[]> {
  return [...(await everythingKept(cloud.engines, databaseOf())), ...logs];
}
const database = async <T>(work: (client: Client) => Promise<T>) => {
  const { host, port, username: user, password } = cloud.engines.postgres ?? {};
  const client = new Client({ host, port, user, password, database: databaseOf() });
  await client.connect();
  return work(client).finally(() => client.end());
};

let lastPhone = 6_300_000_000 + Math.floor(Math.random() * 90_000_000) * 10;
const newPhone = () => secret('phone', String((lastPhone += 1)));

/** The code in the SMS that went to a phone. */
async function codeSentTo(phone: string): Promise<string> {
  const sms = () =>
    cloud.outside.messages.newestFirst(({ to }) => to.endsWith(phone), 1)[0]?.body ?? '';
  await expect.poll(sms, { timeout: 20_000 }).toMatch(/^\d{6} /);
  return secret('code', sms().slice(0, 6));
}

const wrongOf = (code: string) => secret('code', code === '918273' ? '918274' : '918273');

function keepTokens(tokens: { readonly accessToken: string; readonly refreshToken: string }) {
  secret('access token', tokens.accessToken);
  secret('refresh token', tokens.refreshToken);
  return tokens;
}

async function logIn(role: 'customer' | 'transporter', phone = newPhone()) {
  await api.sendLoginCode({ body: { phone: `+91 ${phone}`, role } });
  const otp = await codeSentTo(phone);
  const wrong = await api.verifyLoginCode({ body: { phone, otp: wrongOf(otp), role } });
  expect(wrong.error?.code).toBe('INVALID_OTP');
  const { body } = await api.verifyLoginCode({ body: { phone, otp, role, deviceId: 'd-1' } });
  if (!body) throw new Error('Nobody could log in');
  return keepTokens(body.tokens);
}

test('people log in, live and log out', async () => {
  const customer = await logIn('customer');
  const transporter = await logIn('transporter');
  const driverPhone = secret('phone', '9700000001');
  const fleetPhone = secret('phone', '9800000001');
  await api.sendDriverLoginCode({ body: { driverPhone } });
  const otp = await codeSentTo(fleetPhone);
  await api.verifyDriverLoginCode({ body: { driverPhone, otp: wrongOf(otp) } });
  const driver = (await api.verifyDriverLoginCode({ body: { driverPhone, otp } })).body;
  if (!driver) throw new Error('The driver could not log in');

  for (const { accessToken: token, refreshToken } of [customer, transporter, keepTokens(driver)]) {
    await api.refreshSession({ body: { refreshToken } });
    const rotated = await api.refreshSession({ body: { refreshToken, rotate: true } });
    await api.refreshSession({ body: { refreshToken, rotate: true } });
    if (rotated.body) keepTokens(rotated.body);
    const device = secret('device token', `fcm:${crypto.randomUUID()}:APA91b-_x`);
    expect((await api.registerDeviceToken({ token, body: { token: device } })).status).toBe(200);
    await api.updateCustomerProfile({ token, body: { name: 'Asha Rao', email: 'a@example.com' } });
    await api.updateTransporterProfile({ token, body: { name: 'Vikram Rao', city: 'Pune' } });
    await api.getProfile({ token });
    await api.listSessions({ token });
    const { body } = await api.createSocketTicket({ token });
    await connect(`?ticket=${secret('ticket', body?.ticket ?? '')}`);
    await connect(`?ticket=${body?.ticket}`);
    await connect(`?token=${token}`);
    await connect('', ['weelo.v1', `bearer.${token}`]);
    const wasted = (await api.createSocketTicket({ token })).body?.ticket ?? '';
    secret('ticket', wasted);
  }
  await takeInDrivers(transporter.accessToken);
  await api.logOut({ token: transporter.accessToken, query: { all: 'true' } });
  await api.getMe({ token: transporter.accessToken });
});

/** One who says yes in the end, and one who has not answered. */
async function takeInDrivers(token: string): Promise<void> {
  const phones = [newPhone(), newPhone()] as const;
  for (const phone of phones) {
    await api.beginOnboarding({ token, body: { phone, name: 'Ramesh Kumar' } });
  }
  const [phone] = phones;
  const otp = await codeSentTo(phone);
  await codeSentTo(phones[1]);
  await api.finishOnboarding({ token, body: { phone, otp: wrongOf(otp) } });
  const { body } = await api.finishOnboarding({ token, body: { phone, otp } });
  expect(body?.driver.phone).toBe(phone);
  await api.listDrivers({ token });
  await api.removeDriver({ token, params: { id: body?.driver.id ?? '' } });
}

/** Opens a socket, if it is let in, says something, and goes. */
async function connect(query: string, protocols: readonly string[] = []): Promise<void> {
  const socket = new WebSocket(`${cloud.origin.replace('http', 'ws')}/ws${query}`, [...protocols]);
  const over = new Promise((resolve) => {
    socket.on('close', resolve);
    socket.on('error', resolve);
  });
  socket.on('open', () => socket.send('{"action":"ping"}'));
  socket.on('message', () => socket.close());
  await over;
}

test('people get it wrong', async () => {
  const phone = newPhone();
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    fetch(new URL(path, cloud.origin), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
  const code = secret('code', '736450');
  const { accessToken } = await logIn('customer');
  const asked = { phone, role: 'customer', otp: code };
  await post('/api/v1/auth/send-otp', `{"phone":"${phone}",`);
  await post('/api/v1/auth/send-otp', JSON.stringify({ ...asked, role: phone }));
  await post('/api/v1/auth/send-otp', JSON.stringify(asked), { 'content-type': 'text/plain' });
  await post('/api/v1/auth/verify-otp', JSON.stringify({ ...asked, phone: `+1 ${phone}` }));
  await post('/api/v1/auth/verify-otp', JSON.stringify({ ...asked, otp: ` ${code}` }));
  await post('/api/v1/auth/verify-otp', JSON.stringify(asked), { 'x-request-id': phone });
  await post(`/api/v1/auth/verify-otp?phone=${phone}&otp=${code}`, '{}');
  await post(`/api/v1/auth/${phone}/${code}`, '{}');
  await post('/api/v1/driver-auth/verify-otp', JSON.stringify({ driverPhone: phone, otp: code }));
  await post('/api/v1/auth/refresh', JSON.stringify({ refreshToken: [accessToken] }));
  await post('/api/v1/auth/refresh', JSON.stringify({ refreshToken: accessToken }));
  await post('/api/v1/auth/logout', '{}', { authorization: `Basic ${accessToken}` });
  await post('/api/v1/auth/logout?all=x', '{}', { authorization: `Bearer ${accessToken}` });
  const forged = `${accessToken.slice(0, -4)}AAAA`;
  await post('/api/v1/auth/logout', '{}', {
    authorization: `Bearer ${secret('access token', forged)}`,
  });
});

test('our own parts break', async () => {
  const { faults } = cloud.outside;
  const { accessToken: token, refreshToken } = await logIn('customer');
  const device = secret('device token', `fcm:${crypto.randomUUID()}`);
  faults.set({ kind: 'fail', service: 'dynamodb', action: 'PutItem' });
  for (const broken of [
    await api.registerDeviceToken({ token, body: { token: device } }),
    await api.logOut({ token, query: {} }),
  ]) {
    expect(broken.error?.code).toBe('SERVICE_UNAVAILABLE');
  }
  faults.clear({ service: 'dynamodb' });

  const phone = newPhone();
  faults.set({ kind: 'fail', service: 'sqs', action: 'SendMessage' });
  expect((await api.sendLoginCode({ body: { phone, role: 'customer' } })).error?.code).toBe(
    'OTP_SEND_FAILED',
  );
  faults.clear({ service: 'sqs' });

  await api.sendLoginCode({ body: { phone, role: 'customer' } });
  const otp = await codeSentTo(phone);
  await database((client) => client.query('ALTER TABLE weelo.sessions RENAME TO away'));
  const failed = await api.verifyLoginCode({ body: { phone, otp, role: 'customer' } });
  expect(failed.error?.code).toBe('INTERNAL_ERROR');
  await api.refreshSession({ body: { refreshToken, rotate: true } });
  await database((client) => client.query('ALTER TABLE weelo.away RENAME TO sessions'));
});

test('the SMS service fails, until messages are given up', async () => {
  const { variables } = cloud.processOf('weelo-local-auth');
  const { endpoint = '' } = cloud.engines.sqs ?? {};
  const queueName = variables['NOTIFY_QUEUE_URL']?.split('/').pop() ?? '';
  const sqs = new SQSClient({ endpoint, region, credentials });
  // What failed comes again at once: five times 30 seconds would be long for a test.
  await sqs.send(
    new SetQueueAttributesCommand({
      QueueUrl: queueUrlOf(endpoint, queueName),
      Attributes: { VisibilityTimeout: '0' },
    }),
  );
  sqs.destroy();

  const phones = [newPhone(), newPhone()];
  const message = `+91${phones[0]} is not reached with "${secret('code', '555123')} is your code"`;
  const fault = { kind: 'fail', service: 'sms-voice', status: 400, message } as const;
  cloud.outside.faults.set({ ...fault, code: 'ValidationException' });
  for (const phone of phones) await api.sendLoginCode({ body: { phone, role: 'customer' } });

  const given = async () => (await everything()).filter(({ where }) => /NotifyDead/.test(where));
  await expect.poll(async () => (await given()).length, { timeout: 20_000 }).toBe(2);
  for (const { text } of await given()) {
    const request = await opened(text, variables);
    expect(phones).toContain(request.to);
    secret('code', request.values.code);
  }
});

/** What a message on the queue asks for. */
async function opened(text: string, auth: Readonly<Record<string, string>>): Promise<SmsRequest> {
  const { body } = z.object({ body: z.string() }).parse(JSON.parse(text));
  const message = queueMessages.notify.sms.parse(JSON.parse(body));
  const readSecret = (arn: string) => readSecretAs(auth, arn);
  const keys = await codeKeys(readSecret, auth['CODE_KEY_SECRET_ARN'] ?? '', systemClock)();
  return SmsRequest.parse(JSON.parse(open(keys.messages, message.sealed, smsContext(message))));
}

test('nothing of it can be read anywhere', async () => {
  const kept = await everything();
  expect(secrets.foundIn(kept)).toEqual([]);
  // There was something to read in each of these, and something to find.
  const read = new Set(kept.map(({ where }) => where));
  const auth = 'log weelo-local-auth';
  const stores = ['postgres weelo.users', 'postgres weelo.refresh_tokens', 'redis key'];
  for (const place of [...stores, 'redis value', auth, 'log weelo-local-notify']) {
    expect(read).toContain(place);
  }
  for (const kind of ['devices', 'session', 'sms', 'ticket']) {
    expect([...read].filter((each) => each.endsWith(` ${kind}`))).toHaveLength(1);
  }
});

test('what stood somewhere would be found, also beside where it may stand', async () => {
  const { redis, dynamodb, sqs } = cloud.engines;
  const before = new Set(await everything());
  const phone = newPhone();
  const code = secret('code', '420017');
  const device = secret('device token', 'fcm-token-that-leaks');
  const token = secret('access token', 'aaa.bbb.ccc');

  await database((client) =>
    client.query(
      `INSERT INTO weelo.users (id, role, phone, company) VALUES (gen_random_uuid(), 'customer', $1, $1)`,
      [phone],
    ),
  );
  const cluster = new Cluster([redis?.url ?? '']);
  await cluster.set(`seen:${phone}`, code);
  cluster.disconnect();
  const table = [...before].find(({ where }) => where.endsWith(' devices'))?.where.split(' ')[1];
  const dynamo = new DynamoDBClient({ endpoint: dynamodb?.endpoint ?? '', region, credentials });
  const Item = { pk: { S: 'devices#x' }, sk: { S: 'y' }, token: { S: device }, id: { S: device } };
  await dynamo.send(new PutItemCommand({ TableName: table, Item }));
  dynamo.destroy();
  const queues = new SQSClient({ endpoint: sqs?.endpoint ?? '', region, credentials });
  const dead = [...before].find(({ where }) => /NotifyDead/.test(where))?.where.split(' ')[1] ?? '';
  await queues.send(
    new SendMessageCommand({
      QueueUrl: queueUrlOf(sqs?.endpoint ?? '', dead),
      MessageBody: `to +91 (${phone.slice(0, 5)}) ${phone.slice(5)}`,
    }),
  );
  queues.destroy();
  hear('weelo-local-auth', JSON.stringify({ authorization: `Bearer ${token}` }));

  const found = secrets.foundIn(await everything()).map((each) => each.split(': ')[0]);
  expect(found.toSorted()).toEqual(
    [
      'code in redis value',
      `device token in dynamodb ${table} devices`,
      'phone in postgres weelo.users',
      'phone in redis key',
      `phone in sqs ${dead}`,
      'access token in log weelo-local-auth',
    ].toSorted(),
  );
});
