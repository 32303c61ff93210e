import {
  CreateQueueCommand,
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { queueUrlOf } from 'local-cloud/engines';
import { stageNamed } from '../../lib/parts/stages.ts';
import type { SmsMessage } from '../../src/contract/queues.ts';
import type { SmsRequest } from '../../src/contract/sms.ts';
import { codeKeys } from '../../src/identity/codes/code-keys.ts';
import { queueSms } from '../../src/identity/codes/queue-sms.ts';
import { sendSms } from '../../src/messaging/sms/send-sms.ts';
import { keepTestCodeIn, takeTestCodeFrom } from '../../src/messaging/sms/test-codes.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { timeOrderedIds } from '../../src/platform/ids.ts';
import { openQueue } from '../../src/platform/aws/queues.ts';
import { openSecrets } from '../../src/platform/aws/secrets.ts';
import { openSms } from '../../src/platform/aws/sms.ts';
import { openStateTable } from '../../src/platform/aws/state-table.ts';
import { functionEnvironment } from '../support/engines/function-environment.ts';
import { lambdaContext } from '../support/invoke.ts';
import { reachOutside } from '../../packages/local-cloud/test/reach-outside.ts';

const { variables, secrets } = await functionEnvironment();
const { outside, asked, client } = await reachOutside(() => new Date());
const { sender, dlt } = stageNamed('local').sms;
process.env['AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2'] = client.endpoint;
process.env['SMS_DLT'] = JSON.stringify(dlt);
secrets.set('arn:code-key', JSON.stringify({ key: randomBytes(32).toString('base64') }));

const readKeys = codeKeys(openSecrets().read, 'arn:code-key', systemClock);

/** A request that no other test makes: what is late or left over from one is not taken for another's. */
function aRequest() {
  const to = `98${String(randomInt(1e8)).padStart(8, '0')}`;
  const code = String(randomInt(1e6)).padStart(6, '0');
  return { to, template: 'login', values: { code } } as const satisfies SmsRequest;
}

/** The message that stands on the queue for a request, asked for some seconds ago. */
async function queued(request: SmsRequest, ageSeconds = 0): Promise<SmsMessage> {
  const messages: object[] = [];
  const clock = { now: () => new Date(Date.now() - ageSeconds * 1000) };
  const queue = { send: async (message: object) => void messages.push(message) };
  await queueSms({ queue, readKeys, clock, ids: timeOrderedIds })(request);
  return messages[0] as SmsMessage;
}

const eventOf = (...bodies: string[]) =>
  ({ Records: bodies.map((body) => ({ messageId: randomUUID(), body })) }) as unknown as SQSEvent;

/** As in a new environment: no circuit is open, and what is logged and counted is written down. */
async function newNotify() {
  vi.resetModules();
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'DEBUG');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  const { handler } = await import('../../functions/notify.ts');
  return async (...messages: readonly object[]) => {
    const event = eventOf(...messages.map((each) => JSON.stringify(each)));
    const { batchItemFailures } = await handler(event, lambdaContext(5000));
    const failed = batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    return event.Records.map(({ messageId }) => (failed.includes(messageId) ? 'failed' : 'done'));
  };
}

const sentTo = ({ to }: SmsRequest) =>
  outside.messages.newestFirst((each) => each.to === `+91${to}`, 10);

let written: string[] = [];
const counted = (metric: string) =>
  written
    .filter((line) => line.includes('"_aws"') && line.includes(`"${metric}"`))
    .flatMap((line) => (JSON.parse(line) as Record<string, number | number[]>)[metric] ?? [])
    .reduce((sum, each) => sum + each, 0);

beforeEach(() => {
  written = [];
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((line) => {
      written.push(String(line));
      return true;
    });
  }
  outside.faults.clear();
  asked.length = 0;
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** P13: nothing that was ever written anywhere tells the phone or the code. */
function expectNothingTold({ to, values }: SmsRequest, ...more: readonly string[]): void {
  for (const text of [...written, ...more]) {
    expect(text).not.toContain(to);
    expect(text).not.toMatch(new RegExp(String.raw`(?<!\d)${values.code}(?!\d)`));
  }
}

describe('an SMS', () => {
  test('goes out as the carriers know it', async () => {
    const notify = await newNotify();
    const request = aRequest();
    expect(await notify(await queued(request))).toEqual(['done']);
    expect(sentTo(request)).toEqual([
      expect.objectContaining({
        channel: 'sms',
        body: `${request.values.code} is your Weelo login code. It works once, for 5 minutes. Do not share it with anyone.`,
        data: expect.objectContaining({
          OriginationIdentity: sender,
          MessageType: 'TRANSACTIONAL',
          TimeToLive: 300,
          DestinationCountryParameters: {
            IN_ENTITY_ID: dlt?.entityId,
            IN_TEMPLATE_ID: dlt?.templateIds.login,
          },
        }),
      }),
    ]);
    expect(asked).toEqual([
      {
        action: 'sms-voice:SendTextMessage',
        resource: 'arn:aws:sms-voice:ap-south-1:000000000000:sender-id/WEELO/IN',
      },
    ]);
    expect(counted('SmsSent')).toBe(1);
    expect(written.join()).toContain('SMS sent');
    expectNothingTold(request);
  });

  test("of a driver's login goes out under its own template", async () => {
    const notify = await newNotify();
    const request: SmsRequest = {
      ...aRequest(),
      template: 'driver-login',
      values: { code: '482913', driverName: 'Ramesh Kumar', driverPhone: '9876541234' },
    };
    const message = await queued(request);
    await notify(message);
    const [sms] = sentTo(request);
    expect(sms?.body).toMatch(/^482913 .* your driver Ramesh Kumar \(xxxxxx1234\)/);
    expect(sms?.data['DestinationCountryParameters']).toMatchObject({
      IN_TEMPLATE_ID: dlt?.templateIds['driver-login'],
    });
    expectNothingTold(request, JSON.stringify(message));
    expect([...written, JSON.stringify(message)].join()).not.toMatch(/Ramesh|9876541234/);
  });

  test('goes by the international route while nobody has registered it', async () => {
    vi.stubEnv('SMS_DLT', 'null');
    const notify = await newNotify();
    const request = aRequest();
    await notify(await queued(request));
    expect(sentTo(request)[0]?.data).not.toHaveProperty('DestinationCountryParameters');
  });

  test('that is delivered again is not sent again', async () => {
    const notify = await newNotify();
    const request = aRequest();
    const message = await queued(request);
    expect(await notify(message)).toEqual(['done']);
    expect(await notify(message)).toEqual(['done']);
    expect(await (await newNotify())(message)).toEqual(['done']);
    expect(sentTo(request)).toHaveLength(1);
    // The same asked for anew is another message.
    await notify(await queued(request));
    expect(sentTo(request)).toHaveLength(2);
  });

  test('that could not be noted as sent still counts as done, or it would be sent again', async () => {
    const request = aRequest();
    const state = openStateTable(variables.STATE_TABLE, systemClock);
    const put = () => Promise.reject(new Error('The table is away'));
    const keep = () => Promise.reject(new Error('This is no test number'));
    const deps = { readKeys, clock: systemClock, post: openSms({ sender, dlt: null }), keep };
    await sendSms(await queued(request), { ...deps, state: { ...state, put } });
    expect(sentTo(request)).toHaveLength(1);
  });

  test('is dropped when it is older than five minutes, and not before', async () => {
    const notify = await newNotify();
    const [late, justInTime] = [aRequest(), aRequest()];
    expect(await notify(await queued(late, 301), await queued(justInTime, 290))).toEqual([
      'done',
      'done',
    ]);
    expect(sentTo(late)).toEqual([]);
    expect(sentTo(justInTime)).toHaveLength(1);
    expect([counted('SmsExpired'), counted('SmsSent')]).toEqual([1, 1]);
    expect(written.join()).toContain('SMS dropped, too old');
    expectNothingTold(late);
  });

  test('cannot be made younger, or changed, by somebody who can write to the queue', async () => {
    const notify = await newNotify();
    const request = aRequest();
    const old = await queued(request, 600);
    const young = { ...old, sentAt: new Date().toISOString() };
    const another = { ...(await queued(request)), id: randomUUID() };
    const made = { ...(await queued(request)), sealed: 'v1.AAAA' };
    expect(await notify(young, another, made)).toEqual(['failed', 'failed', 'failed']);
    expect(sentTo(request)).toEqual([]);
    expect(asked).toEqual([]);
  });
});

describe('an SMS to a test number', () => {
  const takeCode = takeTestCodeFrom(openStateTable(variables.TEST_CODES_TABLE, systemClock));
  const toTests = () => ({ ...aRequest(), to: `00000${String(randomInt(1e5)).padStart(5, '0')}` });

  test('is kept for whoever walks by it, and nobody is sent anything', async () => {
    const notify = await newNotify();
    const request = toTests();
    expect(await notify(await queued(request))).toEqual(['done']);
    expect(asked).toEqual([]);
    expect(outside.messages.newestFirst(() => true, 10)).not.toContainEqual(
      expect.objectContaining({ to: expect.stringContaining(request.to) }),
    );
    expect(written.join()).not.toMatch(new RegExp(String.raw`(?<!\d)${request.values.code}(?!\d)`));
    expect(await takeCode(request.to)).toBe(request.values.code);
    // It is gone.
    expect(await takeCode(request.to)).toBeUndefined();
  });

  test('is in no metric', async () => {
    const notify = await newNotify();
    await notify(await queued(toTests()));
    expect(written.filter((line) => line.includes('"_aws"'))).toEqual([]);
    await notify(await queued(aRequest()));
    expect(counted('SmsSent')).toBe(1);
  });

  test('replaces the one before', async () => {
    const notify = await newNotify();
    const request = toTests();
    const later = { ...request, values: { code: '482913' } };
    await notify(await queued({ ...request, values: { code: '100200' } }));
    await notify(await queued(later));
    expect(await takeCode(request.to)).toBe('482913');
  });

  test('that could not be kept comes back', async () => {
    const put = () => Promise.reject(new Error('The table is away'));
    const deps = { readKeys, clock: systemClock, post: openSms({ sender, dlt: null }) };
    const state = openStateTable(variables.STATE_TABLE, systemClock);
    const keep = keepTestCodeIn({ put }, systemClock);
    const request = toTests();
    const sending = sendSms(await queued(request), { ...deps, state, keep });
    await expect(sending).rejects.toThrow('The table is away');
  });
});

describe('while the service is in trouble', () => {
  test.each([
    ['fails', { kind: 'fail', service: 'sms-voice', times: 1 } as const],
    ['is busy', { kind: 'throttle', service: 'sms-voice', times: 1 } as const],
    ['is slow', { kind: 'slow', service: 'sms-voice', times: 1, ms: 3000 } as const],
  ])('which %s once: the second attempt gets through', async (_, fault) => {
    const notify = await newNotify();
    const request = aRequest();
    outside.faults.set(fault);
    expect(await notify(await queued(request))).toEqual(['done']);
    expect(sentTo(request).length).toBeGreaterThan(0);
    expect(asked).toHaveLength(2);
  });

  test.each([
    ['fails', { kind: 'fail', service: 'sms-voice' } as const],
    ['is busy', { kind: 'throttle', service: 'sms-voice' } as const],
    [
      'is set up wrong',
      {
        kind: 'fail',
        service: 'sms-voice',
        status: 400,
        code: 'ValidationException',
        message: 'No sender for +919812345670',
      } as const,
    ],
    [
      'may not be called',
      { kind: 'fail', service: 'sms-voice', status: 400, code: 'AccessDeniedException' } as const,
    ],
  ])('which %s: the message comes back, later goes out, and nothing is told', async (_, fault) => {
    const notify = await newNotify();
    const request = aRequest();
    const message = await queued(request);
    outside.faults.set(fault);
    expect(await notify(message)).toEqual(['failed']);
    expect(asked.length).toBeLessThanOrEqual(2);
    expect(counted('SmsFailed')).toBe(1);
    expect(written.join()).toContain('SendTextMessage failed: ');
    expect(written.join()).not.toContain('No sender for');
    expectNothingTold(request, JSON.stringify(message));

    outside.faults.clear();
    expect(await notify(message)).toEqual(['done']);
    expect(sentTo(request)).toHaveLength(1);
  });

  test('which does not answer: a whole batch is given up within the time of the function', async () => {
    const notify = await newNotify();
    outside.faults.set({ kind: 'slow', service: 'sms-voice', ms: 8000 });
    const batch = await Promise.all(Array.from({ length: 10 }, () => queued(aRequest())));
    const began = performance.now();
    const outcomes = await notify(...batch);
    expect(performance.now() - began).toBeLessThan(4500);
    expect(new Set(outcomes)).toEqual(new Set(['failed']));
    expect(written.join()).toContain('SendTextMessage failed: TimeoutError');
  });

  test('for long: after five failures in a row it is left alone, and tried again later', async () => {
    const notify = await newNotify();
    outside.faults.set({ kind: 'fail', service: 'sms-voice' });
    for (let message = 0; message < 5; message++) await notify(await queued(aRequest()));
    expect(asked).toHaveLength(10);
    expect(written.join()).toContain('Circuit opened');
    const request = aRequest();
    const message = await queued(request);
    expect(await notify(message)).toEqual(['failed']);
    expect(asked).toHaveLength(10);

    outside.faults.clear();
    const later = Date.now() + 10_000;
    vi.spyOn(Date, 'now').mockImplementation(() => later);
    expect(await notify(message)).toEqual(['done']);
    expect(sentTo(request)).toHaveLength(1);
  });

  test('one bad message does not keep back the others of its batch', async () => {
    const notify = await newNotify();
    const [one, two] = [aRequest(), aRequest()];
    const bad = { ...(await queued(aRequest())), sealed: 'v1.AAAA' };
    expect(await notify(await queued(one), bad, await queued(two))).toEqual([
      'done',
      'failed',
      'done',
    ]);
    expect([sentTo(one), sentTo(two)].map((each) => each.length)).toEqual([1, 1]);
  });
});

describe('what the service refuses', () => {
  const phone = 'DestinationPhoneNumber';

  test.each([
    [
      'who opted out',
      { __type: 'ConflictException', Reason: 'DESTINATION_PHONE_NUMBER_OPTED_OUT' },
    ],
    [
      'who is blocked',
      {
        __type: 'ConflictException',
        Reason: 'DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE',
      },
    ],
    [
      'who is not verified, while the account is in the sandbox',
      { __type: 'ConflictException', Reason: 'DESTINATION_PHONE_NUMBER_NOT_VERIFIED' },
    ],
    [
      'whose number there cannot be',
      { __type: 'ValidationException', Reason: 'INVALID_PARAMETER', Fields: [{ Name: phone }] },
    ],
  ])('to one phone, %s, is dropped; the others are served', async (_, refusal) => {
    const calls = await answeringWith(refusal);
    const notify = await newNotify();
    const requests = Array.from({ length: 6 }, aRequest);
    for (const request of requests) {
      expect(await notify(await queued(request))).toEqual(['done']);
      expectNothingTold(request);
    }
    // No circuit opened, and nobody asked twice.
    expect(calls()).toBe(6);
    expect([counted('SmsRefused'), counted('SmsFailed')]).toEqual([6, 0]);
    expect(written.join()).toContain('SMS refused for this phone');
  });

  test.each([
    [
      'a sender that is not ours',
      { __type: 'ValidationException', Reason: 'SENDER_ID_NOT_REGISTERED' },
    ],
    [
      'a phone and a text at once',
      {
        __type: 'ValidationException',
        Reason: 'INVALID_PARAMETER',
        Fields: [{ Name: phone }, { Name: 'MessageBody' }],
      },
    ],
    [
      'everyone, for money',
      { __type: 'ServiceQuotaExceededException', Reason: 'MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT' },
    ],
  ])('because of %s comes back, for that can be mended', async (_, refusal) => {
    await answeringWith(refusal);
    const notify = await newNotify();
    const request = aRequest();
    expect(await notify(await queued(request))).toEqual(['failed']);
    expect([counted('SmsRefused'), counted('SmsFailed')]).toEqual([0, 1]);
    expect(written.join()).toContain(refusal.Reason);
    expectNothingTold(request);
  });
});

/** The service says one thing to everyone, with the number in its words; until the test is over. */
async function answeringWith(refusal: object): Promise<() => number> {
  let calls = 0;
  const server = createServer(async (request, response) => {
    calls += 1;
    const { DestinationPhoneNumber } = (await json(request)) as Record<string, string>;
    const said = { ...refusal, Message: `${DestinationPhoneNumber} is refused` };
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(said));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  vi.stubEnv('AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2', `http://127.0.0.1:${port}`);
  return () => calls;
}

test('what is given up lies in the dead-letter queue without phone and code', async () => {
  const notify = await newNotify();
  outside.faults.set({ kind: 'fail', service: 'sms-voice' });
  const { source, deadLetters, sqs } = await queueWithDeadLetters();
  const request = aRequest();
  const send = queueSms({
    queue: openQueue(source),
    readKeys,
    clock: systemClock,
    ids: timeOrderedIds,
  });
  await send(request);

  const bodies: string[] = [];
  for (let delivery = 0; delivery < 3; delivery++) {
    const { Messages: [message] = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: source, WaitTimeSeconds: 1 }),
    );
    if (!message) break;
    bodies.push(message.Body ?? '');
    expect(await notify(JSON.parse(message.Body ?? '') as SmsMessage)).toEqual(['failed']);
    const { ReceiptHandle } = message;
    await sqs.send(
      new ChangeMessageVisibilityCommand({ QueueUrl: source, ReceiptHandle, VisibilityTimeout: 0 }),
    );
  }
  const { Messages: [dead] = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: deadLetters, WaitTimeSeconds: 1 }),
  );
  expect(dead?.Body).toBe(bodies[0]);
  expect(JSON.parse(dead?.Body ?? '')).toEqual({
    kind: 'sms',
    id: expect.any(String),
    sentAt: expect.any(String),
    sealed: expect.stringMatching(/^v1\./),
  });
  expectNothingTold(request, dead?.Body ?? '', ...bodies);
  sqs.destroy();
});

async function queueWithDeadLetters() {
  const sqs = new SQSClient({});
  const { endpoint } = inject('sqs');
  const make = async (name: string, Attributes: Record<string, string> = {}) => {
    const QueueName = `${name}-${randomUUID()}`;
    await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
    return queueUrlOf(endpoint, QueueName);
  };
  const deadLetters = await make('dead');
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: deadLetters, AttributeNames: ['QueueArn'] }),
  );
  const deadLetterTargetArn = Attributes?.['QueueArn'];
  const source = await make('source', {
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 2 }),
  });
  return { sqs, source, deadLetters };
}
