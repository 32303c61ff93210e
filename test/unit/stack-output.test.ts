import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { readStackOutput } from '../../src/platform/aws/stack-output.ts';

const answers: { status: number; body: string }[] = [];
const cloudFormation = createServer((_, response) => {
  const { status, body } = answers.shift() ?? expect.fail('Asked too often');
  response.writeHead(status, { 'Content-Type': 'text/xml' }).end(body);
});

const wanted = { region: 'us-east-1', stack: 'weelo-prod-edge', output: 'EdgeUrl' };

async function asked(status: number, body: string) {
  answers.push({ status, body });
  cloudFormation.listen(0, '127.0.0.1');
  await once(cloudFormation, 'listening');
  const { port } = cloudFormation.address() as AddressInfo;
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${port}`);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  return readStackOutput(wanted);
}

const stack = (status: string, outputs = '') => `
  <DescribeStacksResponse><DescribeStacksResult><Stacks><member>
    <StackName>weelo-prod-edge</StackName><StackStatus>${status}</StackStatus><Outputs>${outputs}</Outputs>
  </member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
const refusal = (message: string) => `
  <ErrorResponse><Error><Code>ValidationError</Code><Message>${message}</Message></Error></ErrorResponse>`;
const edgeUrl =
  '<member><OutputKey>EdgeUrl</OutputKey><OutputValue>https://edge.example/</OutputValue></member>';

afterEach(() => {
  vi.unstubAllEnvs();
  cloudFormation.closeAllConnections();
  cloudFormation.close();
});

test('a stack says its output', async () => {
  expect(await asked(200, stack('CREATE_COMPLETE', edgeUrl))).toBe('https://edge.example/');
});

test('a stack that is not there says nothing yet', async () => {
  expect(await asked(400, refusal('Stack with id weelo-prod-edge does not exist'))).toBeUndefined();
});

test('a stack that is being made says nothing yet', async () => {
  expect(await asked(200, stack('CREATE_IN_PROGRESS'))).toBeUndefined();
});

test('a stack without the output is a mistake', async () => {
  await expect(asked(200, stack('CREATE_COMPLETE'))).rejects.toThrow('does not say its EdgeUrl');
});

test('any other refusal is an error', async () => {
  await expect(asked(400, refusal('Rate exceeded'))).rejects.toThrow('Rate exceeded');
});
