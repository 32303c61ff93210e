import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Cloud, startCloud } from '../../src/cloud.ts';
import { temporaryFolder } from '../fixture-app/cloud.ts';
import { type Release, synthesizeRelease } from '../fixture-app/releases.ts';

const folder = temporaryFolder();
const notices: string[] = [];
const lines: string[] = [];
let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud({
    assembly: synthesizeRelease(folder, { name: 'one' }),
    onLog: ({ line }) => void lines.push(line),
    onNotice: (sentence) => void notices.push(sentence),
  });
});
afterAll(() => cloud.stop());

const deploy = (release: Release) => cloud.deploy(synthesizeRelease(folder, release));

async function answers(times: number, path = '/'): Promise<readonly string[]> {
  const all: string[] = [];
  for (let i = 0; i < times; i += 1) {
    const response = await fetch(`${cloud.origin}${path}`);
    const text = await response.text();
    all.push(response.ok ? text : `${response.status}`);
  }
  return all;
}

/** How often each was answered. */
async function counted(times: number): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const each of await answers(times)) counts[each] = (counts[each] ?? 0) + 1;
  return counts;
}

const written = (release: string, version: number) =>
  JSON.stringify({ release, version: String(version) });

/** While the alias is moved: whoever asks ten times meets both versions. */
async function untilShared(): Promise<void> {
  await vi.waitFor(async () => expect(Object.keys(await counted(10))).toHaveLength(2), 10_000);
}

/** The outcome is read before it can be reported as one that nobody waited for. */
function underWay(release: Release) {
  const outcome = deploy(release).then(
    () => 'deployed',
    (error: unknown) => String(error),
  );
  return { outcome };
}

test('an alias moves by a tenth, and five minutes later whole', async () => {
  expect(await counted(10)).toEqual({ [written('one', 1)]: 10 });
  const { outcome } = underWay({ name: 'two' });
  await untilShared();
  expect(await counted(100)).toEqual({ [written('one', 1)]: 90, [written('two', 2)]: 10 });
  await cloud.watch.forward(4 * 60_000);
  expect(await counted(100)).toEqual({ [written('one', 1)]: 90, [written('two', 2)]: 10 });
  await cloud.watch.forward(60_000);
  expect(await outcome).toBe('deployed');
  expect(await counted(10)).toEqual({ [written('two', 2)]: 10 });
  expect(lines).toContain('step Update one two');
});

describe('a bad release', () => {
  test('goes back when the alarm of its group rings, and the custom resource with it', async () => {
    const { outcome } = underWay({ name: 'bad', fails: true });
    await vi.waitFor(async () => expect(await answers(10)).toContain('500'), 10_000);
    await cloud.watch.forward(60_000);
    expect(await outcome).toMatch(
      /rolled back: released\/Front\/Live is not moved, because the alarm released\/Crashes rings/,
    );
    expect(await counted(20)).toEqual({ [written('two', 2)]: 20 });
    expect(lines).toContain('step Update two bad');
    expect(lines).toContain('step Update bad two');
    // The alarm is over, or nothing could be deployed.
    await cloud.watch.forward(3 * 60_000);
  });

  test('that its custom resource refuses changes nothing', async () => {
    const { outcome } = underWay({ name: 'refused', isRefused: true });
    expect(await outcome).toMatch(/rolled back: released\/Step failed: the step refuses it/);
    expect(await counted(20)).toEqual({ [written('two', 2)]: 20 });
  });

  test('is not begun while the alarm rings', async () => {
    const functionName = cloud.functions().find(({ name }) => name.includes('Front'))?.name ?? '';
    const { outcome } = underWay({ name: 'worse', fails: true });
    await vi.waitFor(async () => expect(await answers(10)).toContain('500'), 10_000);
    await cloud.watch.forward(60_000);
    await outcome;
    expect(functionName).not.toBe('');
    expect(cloud.watch.states().map(({ state }) => state)).toEqual(['ALARM']);
    const { outcome: next } = underWay({ name: 'mended' });
    expect(await next).toMatch(/is not moved, because the alarm released\/Crashes rings/);
    await cloud.watch.forward(3 * 60_000);
    expect(await counted(20)).toEqual({ [written('two', 2)]: 20 });
  });
});

test('routes and queues of a release are there once its alias has moved, and go with the next', async () => {
  expect(await answers(1, '/more')).toEqual(['404']);
  const release = { path: '/more', queue: 'more', config: 'CodeDeployDefault.LambdaAllAtOnce' };
  await deploy({ name: 'wider', ...release });
  expect((await answers(1, '/more'))[0]).toMatch(/wider/);
  const client = new SQSClient({
    endpoint: cloud.awsEndpoint,
    region: 'ap-south-1',
    credentials: { accessKeyId: 'operator', secretAccessKey: 'any' },
  });
  onTestFinished(() => client.destroy());
  const QueueUrl = `${cloud.awsEndpoint}/000000000000/more`;
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
  await vi.waitFor(() => expect(lines).toContain('worked wider hello'), 10_000);
  expect(cloud.values.resources('AWS::SQS::Queue')).toHaveLength(2);
});

describe('a deployment is refused', () => {
  test.each([
    [
      { name: 'slower', queue: 'more', visibility: 60 },
      'released/Worked (AWS::SQS::Queue) has other properties',
    ],
    [{ name: 'without' }, 'released/more (AWS::SQS::Queue) is gone'],
  ] as const)('that cannot be done while the cloud runs: %#', async (release, reason) => {
    await expect(deploy(release)).rejects.toThrow(reason);
    expect((await answers(1))[0]).toMatch(/wider/);
  });

  test('that is moved in a way that nobody plays', async () => {
    const config = 'CodeDeployDefault.LambdaLinear10PercentEvery1Minute';
    await expect(deploy({ name: 'linear', queue: 'more', config })).rejects.toThrow(
      `does not know the deployment configuration ${config}`,
    );
  });

  test('while another is under way', async () => {
    const { outcome } = underWay({ name: 'last', queue: 'more' });
    await untilShared();
    await expect(deploy({ name: 'late', queue: 'more' })).rejects.toThrow('under way already');
    await cloud.watch.forward(5 * 60_000);
    expect(await outcome).toBe('deployed');
  });
});
