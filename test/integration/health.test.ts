import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { freePort } from 'local-cloud/engines';
import { routesOf } from '../../src/contract/http/routes.ts';
import { clientOf, type Client } from '../support/client.ts';
import { functionEnvironment } from '../support/engines/function-environment.ts';
import { into } from '../support/invoke.ts';
import { watchEngines } from '../support/engines/watched-engines.ts';

type System = Client<ReturnType<typeof routesOf<'system'>>[number]>;

/** The function as it starts now. */
async function startSystem(): Promise<System> {
  vi.resetModules();
  const { handler } = await import('../../functions/system.ts');
  return clientOf(routesOf('system'), into(handler));
}

let costOf: Awaited<ReturnType<typeof watchEngines>>['costOf'];
let system: System;

beforeAll(async () => {
  const engines = await watchEngines();
  const { variables } = await functionEnvironment();
  Object.assign(process.env, engines.instead(variables));
  costOf = engines.costOf;
  system = await startSystem();
  // What only a function's first call costs: connections, credentials.
  await system.getHealth();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

const pass = (seconds: number) =>
  void vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 });

const nothing = { redis: [], postgres: [], aws: [] };
const aQuestionEach = {
  redis: ['ping'],
  postgres: ['SELECT 1'],
  aws: ['DynamoDB.GetItem', 'AmazonSQS.GetQueueAttributes'],
};

test('whoever asks for health or readiness, however often, has the stores asked once a second', async () => {
  pass(1);
  const ask = () => Promise.all([system.getHealth(), system.getReadiness()]);
  const { outcome, cost } = await costOf(() => Promise.all(Array.from({ length: 50 }, ask)));
  expect(cost).toEqual(aQuestionEach);
  expect(new Set(outcome.flat().map(({ status }) => status))).toEqual(new Set([200]));
  pass(0.9);
  expect((await costOf(ask)).cost).toEqual(nothing);
  pass(0.1);
  expect((await costOf(ask)).cost).toEqual(aQuestionEach);
});

test('what else a stranger may ask of this function costs no store anything', async () => {
  const { cost } = await costOf(() =>
    Promise.all([system.getLiveness(), system.answerPreflight()]),
  );
  expect(cost).toEqual(nothing);
});

test('without Redis it answers as ever: degraded, and ready', async () => {
  vi.stubEnv('REDIS_URL', `redis://127.0.0.1:${await freePort()}`);
  const lonely = await startSystem();
  for (let i = 0; i < 3; i += 1) {
    expect(await lonely.getHealth()).toMatchObject({
      status: 200,
      body: { status: 'degraded', redis: 'down', postgres: 'up' },
    });
    expect(await lonely.getReadiness()).toMatchObject({ status: 200 });
  }
});
