import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Client } from '@weelo/data';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { stageNamed } from '../../lib/stages.ts';
import { synthesizeWeelo } from '../../lib/weelo-app.ts';
import { startCloud, type Cloud } from '../../local/cloud.ts';
import { queueUrlOf } from '../../local/engines/sqs.ts';
import { plantSeed } from '../../local/start/seed.ts';
import { weeloSettings } from '../../local/start/weelo-settings.ts';
import { routes } from '../../src/contract/routes.ts';
import { clientOf, type Client as ApiClient } from '../support/client.ts';
import { everythingKept, type Kept } from '../support/everything-kept.ts';
import { overTheWire } from '../support/over-the-wire.ts';

let cloud: Cloud;
let assembly: string;
let api: ApiClient<(typeof routes)[number]>;
const logs: Kept[] = [];
const hear = (functionName: string, line: string) =>
  logs.push({ where: `log ${functionName}`, text: line });

beforeAll(async () => {
  assembly = await mkdtemp(join(tmpdir(), 'weelo-secrecy-'));
  synthesizeWeelo({ stage: stageNamed('local'), outdir: assembly });
  cloud = await startCloud({
    assembly,
    ...weeloSettings,
    onLog: ({ functionName, line }) => hear(functionName, line),
  });
  await plantSeed(cloud);
  api = clientOf(routes, overTheWire(cloud.origin));
});
afterAll(async () => {
  await cloud.stop();
  await rm(assembly, { recursive: true });
});

/** What nobody should find, by what it is. */
const secrets = {
  phone: new Set<string>(),
  code: new Set<string>(),
  'access token': new Set<string>(),
  'refresh token': new Set<string>(),
  ticket: new Set<string>(),
  'device token': new Set<string>(),
};
type Secret = keyof typeof secrets;

const secret = (kind: Secret, text: string) => {
  secrets[kind].add(text);
  return text;
};

/** Where one of them may stand, and why. */
const allowed: readonly { where: RegExp; secret: Secret; as: RegExp; because: string }[] = [
  {
    where: /^postgres weelo\.users$/,
    secret: 'phone',
    as: /"phone":"\d{10}"/g,
    because: 'it is what the account is known by',
  },
  {
    where: /^redis key$/,
    secret: 'phone',
    as: /^\{?(?:otp:\d{10}:(?:customer|transporter)|driver-otp:\d{10})(?:\}:(?:wrong|cooling|sends))?$/g,
    because: 'codes and their limits are kept by number, and end by themselves within ten minutes',
  },
  {
    where: /^dynamodb .*State/,
    secret: 'device token',
    as: /(?<=^\{.*"pk":\{"S":"devices#.*)"token":\{"S":"[^"]+"\}|"token":\{"S":"[^"]+"\}(?=.*"pk":\{"S":"devices#)/g,
    because: 'push is sent to it',
  },
];

/** As people write them: with anything between the digits that is no digit. */
const patterns: Record<Secret, (text: string) => RegExp> = {
  phone: (digits) => new RegExp(digits.split('').join('[\\s()-]{0,2}')),
  // Six digits stand in many a longer number.
  code: (digits) => new RegExp(`(?<![\\w.])${digits}(?!\\w)`),
  'access token': literally,
  'refresh token': literally,
  ticket: literally,
  'device token': literally,
};

function literally(text: string): RegExp {
  return new RegExp(text.replaceAll(/[^\w]/g, String.raw`\$&`));
}

/** Every place where a secret stands that may not stand there. */
function found(kept: readonly Kept[]): string[] {
  return Object.entries(secrets).flatMap(([kind, texts]) => {
    const needles = [...texts].map((text) => patterns[kind as Secret](text));
    const places = kept.filter(({ where, text }) => {
      const rules = allowed.filter((rule) => rule.secret === kind && rule.where.test(where));
      const rest = rules.reduce((left, { as }) => left.replaceAll(as, ''), text);
      return needles.some((needle) => needle.test(rest));
    });
    return places.map(({ where, text }) => `a ${kind} in ${where}: ${text.slice(0, 600)}`);
  });
}

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
    const device = secret('device token', `fcm:${crypto.randomUUID()}:APA91b-${refreshToken}`);
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
  await api.logOut({ token: transporter.accessToken, query: { all: 'true' } });
  await api.getMe({ token: transporter.accessToken });
});

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
  faults.set({
    kind: 'fail',
    service: 'dynamodb',
    status: 400,
    code: 'ValidationException',
    message: `Not ${device}`,
  });
  await api.registerDeviceToken({ token, body: { token: device } });
  await api.logOut({ token });
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
  const queueName =
    cloud.processOf('weelo-local-auth').variables['NOTIFY_QUEUE_URL']?.split('/').pop() ?? '';
  const endpoint = cloud.engines.sqs?.endpoint ?? '';
  const sqs = new SQSClient({
    endpoint,
    region: 'ap-south-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const Attributes = { VisibilityTimeout: '0' };
  await sqs.send(
    new SetQueueAttributesCommand({ QueueUrl: queueUrlOf(endpoint, queueName), Attributes }),
  );
  const phones = [newPhone(), newPhone()];
  const message = `Refused: +91${phones[0]}, "${secret('code', '555123')} is your code"`;
  cloud.outside.faults.set({
    kind: 'fail',
    service: 'sms-voice',
    status: 400,
    code: 'ValidationException',
    message,
  });
  for (const phone of phones) await api.sendLoginCode({ body: { phone, role: 'customer' } });
  await sleep(8000);
  for (const k of await everythingKept(cloud.engines, databaseOf()))
    if (k.where.startsWith('sqs')) console.log(k.where, k.text.slice(0, 300));
  sqs.destroy();
});

test('nothing of it can be read anywhere', async () => {
  const kept = await everything();
  console.log(
    kept.length,
    Object.entries(Object.groupBy(kept, ({ where }) => where))
      .map(([w, k]) => w + ' ' + k?.length)
      .join('\n'),
  );
  console.log(
    Object.entries(secrets)
      .map(([k, s]) => k + ' ' + s.size)
      .join(', '),
  );
  expect(found(kept)).toEqual([]);
});
