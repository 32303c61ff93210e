import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Cloud, startCloud } from 'local-cloud';
import { stageNamed } from '../../lib/parts/stages.ts';
import { synthesizeWeelo } from '../../lib/weelo-app.ts';
import { plantSeed } from '../../local/start/seed.ts';
import { weeloSettings } from '../../local/start/weelo-settings.ts';
import { whyNotDeployable } from '../../tools/releases/compare-releases.ts';
import { asMaster } from '../support/engines/database-server.ts';
import { nextRelease, serviceTemplateIn } from '../support/releases/next-release.ts';
import { SourceCopy } from '../support/releases/source-copy.ts';
import { startTraffic, type Traffic } from '../support/releases/traffic.ts';

/** A day long: what is waited for here, on a busy machine. */
const patience = { timeout: 60_000, interval: 50 };
const minuteMs = 60_000;
const root = mkdtempSync(join(tmpdir(), 'weelo-releases-'));
const releases: Record<'first' | 'learning' | 'sending' | 'bad', string> = {
  first: join(root, 'first'),
  learning: '',
  sending: '',
  bad: '',
};

/** The kind `order-noted`: a consumer that knows it notes in a new column that the message came. */
const learns = [
  {
    file: 'src/contract/queues.ts',
    replace: `  dispatch: {\n`,
    by: `  dispatch: {
    'order-noted': z.object({ kind: z.literal('order-noted'), orderId: z.uuid() }),\n`,
  },
  {
    file: 'src/contract/queues.ts',
    replace: 'learning = { dispatch: []',
    by: `learning = { dispatch: ['order-noted']`,
  },
  {
    file: 'functions/dispatch.ts',
    replace: 'queueFunction(queueMessages.dispatch, {',
    by: `queueFunction(queueMessages.dispatch, {
  'order-noted': ({ orderId }) => deps.postgres.run(async (db) => void
    await db.$executeRaw\`UPDATE weelo.orders SET noted_at = now() WHERE id = \${orderId}::uuid\`),`,
  },
];
const sends = [
  {
    file: 'src/contract/queues.ts',
    replace: `learning = { dispatch: ['order-noted']`,
    by: 'learning = { dispatch: []',
  },
  {
    file: 'src/orders/placing/place-order.ts',
    replace: 'sendAll([...timers,',
    by: `sendAll([...timers,
      { message: { kind: 'order-noted', orderId: first.orderId } as const, delaySeconds: 1 },`,
  },
];

/** What is the same in all of them is bundled once. */
async function makeNextReleases(): Promise<void> {
  const sources = new SourceCopy();
  const bundled = (name: 'dispatch' | 'orders') => (folder: string) => sources.bundle(name, folder);
  try {
    sources.patch(learns);
    releases.learning = await nextRelease(releases.first, {
      name: 'learning',
      code: { dispatch: bundled('dispatch'), orders: bundled('orders') },
      migration: {
        name: '29980101000000_noted',
        sql: 'ALTER TABLE weelo.orders ADD COLUMN noted_at timestamptz;',
      },
      messages: await sources.messages(),
    });
    sources.patch(sends);
    releases.sending = await nextRelease(releases.learning, {
      name: 'sending',
      code: { orders: bundled('orders') },
      migration: {
        name: '29980102000000_noted',
        sql: 'CREATE INDEX orders_noted_at ON weelo.orders (noted_at);',
      },
      messages: await sources.messages(),
    });
  } finally {
    sources.remove();
  }
  releases.bad = await nextRelease(releases.sending, {
    name: 'bad',
    code: {
      orders: (folder) =>
        writeFileSync(
          join(folder, 'functions/orders.js'),
          `exports.handler = async () => { throw new Error('a bad release'); };`,
        ),
    },
    migration: {
      name: '29980103000000_newer',
      sql: 'ALTER TABLE weelo.orders ADD COLUMN newer text;',
    },
  });
}

let cloud: Cloud;
let traffic: Traffic;

beforeAll(async () => {
  const stage = { ...stageNamed('local'), gradualReleases: true };
  synthesizeWeelo({ stage, outdir: releases.first });
  const starting = startCloud({
    assembly: releases.first,
    ...weeloSettings,
    variables: { WEELO_RATE_LIMITS: 'off' },
  });
  [cloud] = await Promise.all([starting, makeNextReleases()]);
  await plantSeed(cloud);
  const smsTo = (phone: string) =>
    cloud.outside.messages.newestFirst(({ to }) => to.endsWith(phone), 1)[0]?.body;
  traffic = await startTraffic({ origin: cloud.origin, smsTo, customers: 3 });
});

afterAll(async () => {
  await traffic.stop();
  await cloud.stop();
  rmSync(root, { recursive: true });
});

const sql = async <T extends object>(text: string, values: unknown[] = []) => {
  const postgres = cloud.engines.postgres ?? expect.fail('There is no PostgreSQL');
  const database = cloud.processOf('weelo-local-auth').variables['DATABASE_NAME'] ?? '';
  return (await asMaster(postgres, database, (client) => client.query<T>(text, values))).rows;
};

const live = 'weelo-local-orders:live';

/** How many requests a version of `orders` has answered, of those that came by the alias. */
const servedBy = (version: string) =>
  cloud.watch
    .datapoints({
      namespace: 'AWS/Lambda',
      name: 'Invocations',
      dimensions: { FunctionName: 'weelo-local-orders', Resource: live, ExecutedVersion: version },
    })
    .reduce((sum, each) => sum + each.sum, 0);

/** Waits until so many requests more have been answered. */
async function untilAnswered(more: number): Promise<void> {
  const before = traffic.answered();
  await vi.waitFor(
    () => expect(traffic.answered() - before, traffic.failures.join('\n')).toBeGreaterThan(more),
    patience,
  );
}

/** Begins a deployment, lets both versions of `orders` serve, and lets the five minutes pass. */
async function deployUnderTraffic(assembly: string, version: string): Promise<string> {
  const outcome = cloud.deploy(assembly).then(
    () => 'deployed',
    (error: unknown) => String(error),
  );
  await vi.waitFor(() => expect(servedBy(version)).toBeGreaterThan(2), patience);
  const old = servedBy(String(Number(version) - 1));
  await vi.waitFor(
    () => expect(servedBy(String(Number(version) - 1))).toBeGreaterThan(old + 5),
    patience,
  );
  // A minute at a time, so that what the alarm hears of lies in one.
  for (let i = 0; i < 5; i += 1) await cloud.watch.forward(minuteMs);
  return outcome;
}

const migrations = async () => {
  const rows = await sql<{ name: string }>(
    `SELECT migration_name AS name FROM weelo._prisma_migrations
     WHERE migration_name LIKE '2998%' AND finished_at IS NOT NULL ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
};

describe('under traffic', { timeout: 150_000 }, () => {
  test('a release that learns a kind goes out, with the migration that it needs', async () => {
    const [first, learning] = [releases.first, releases.learning].map(serviceTemplateIn);
    expect(whyNotDeployable(first ?? {}, learning ?? {})).toEqual([]);
    await untilAnswered(10);
    expect(await deployUnderTraffic(releases.learning, '2')).toBe('deployed');
    expect(await migrations()).toEqual(['29980101000000_noted']);
    expect(traffic.failures).toEqual([]);
  });

  test('the next one sends it, and could not have come first', async () => {
    const [first, learning, sending] = [releases.first, releases.learning, releases.sending].map(
      serviceTemplateIn,
    );
    expect(whyNotDeployable(learning ?? {}, sending ?? {})).toEqual([]);
    expect(whyNotDeployable(first ?? {}, sending ?? {})).toEqual([
      'dispatch, order-noted: the deployed release may not understand it: nobody has heard of it.',
    ]);
    expect(await deployUnderTraffic(releases.sending, '3')).toBe('deployed');
    // What was asked for before may have been answered by the version before.
    const since = performance.now();
    const placedSince = () =>
      traffic.orders.filter(({ askedAt }) => askedAt > since).map(({ id }) => id);
    await vi.waitFor(() => expect(placedSince().length).toBeGreaterThan(3), patience);
    const placed = placedSince();
    await vi.waitFor(async () => {
      const noted = 'SELECT id FROM weelo.orders WHERE id = ANY($1) AND noted_at IS NOT NULL';
      expect(await sql(noted, [placed])).toHaveLength(placed.length);
    }, patience);
    expect(traffic.failures).toEqual([]);
  });

  test('a bad one is rolled back by the alarm, and the database stays newer', async () => {
    expect(await deployUnderTraffic(releases.bad, '4')).toMatch(
      /rolled back: .*Functions\/\S+\/Function\/Live is not moved, because the alarm weelo-local-service\/GradualReleases\/\w+InRelease rings/,
    );
    expect(traffic.failures, 'nobody met it').not.toEqual([]);
    const [failed, bad] = [traffic.failures.length, servedBy('4')];
    await untilAnswered(40);
    expect(traffic.failures).toHaveLength(failed);
    expect(servedBy('4')).toBe(bad);
    expect(await migrations()).toContain('29980103000000_newer');
    const steps = await sql<{ version: string }>('SELECT version FROM weelo.releases');
    expect(steps.map(({ version }) => version)).toEqual(
      expect.arrayContaining(['learning', 'sending', 'bad']),
    );
  });

  test('no event was lost', async () => {
    await traffic.stop();
    const events = await untilRelayed();
    const told = events.filter(
      ({ kind, to }) => kind === 'event' && to.some((each) => traffic.heard.has(each)),
    );
    expect(told.length).toBeGreaterThan(20);
    await vi.waitFor(() => {
      const missed = told.filter(({ id, to }) =>
        to.some((user) => traffic.heard.get(user)?.every((heard) => heard.id !== id) ?? false),
      );
      expect(missed).toEqual([]);
    }, patience);
    const published = events.filter(({ kind }) => kind === 'domain-event').map(({ id }) => id);
    await vi.waitFor(() => {
      const seen = new Set(
        cloud.outside.events
          .newestFirst(() => true, 5_000)
          .map(({ detail }) => (detail as { id: string }).id),
      );
      expect(published.filter((id) => !seen.has(id))).toEqual([]);
    }, patience);
    expect(await deadLetters()).toEqual([0, 0]);
  });
});

/** Every event of the orders, when each has been sent. */
async function untilRelayed() {
  await cloud.fire('Reconciler/Schedule');
  await vi.waitFor(async () => {
    expect(await sql('SELECT id FROM weelo.outbox WHERE relayed_at IS NULL')).toEqual([]);
  }, patience);
  const rows = await sql<{ message: { id: string; kind: string; to?: readonly string[] } }>(
    `SELECT message FROM weelo.outbox WHERE queue = 'notify' AND order_id = ANY($1)`,
    [traffic.orders.map(({ id }) => id)],
  );
  return rows.map(({ message: { id, kind, to = [] } }) => ({ id, kind, to }));
}

/** What lies in the dead-letter queues, as CloudWatch sees it. */
async function deadLetters(): Promise<readonly number[]> {
  await cloud.watch.forward(minuteMs);
  const names = cloud.values
    .resources('AWS::SQS::Queue')
    .filter(({ path }) => path.endsWith('/DeadLetters'))
    .map((each) => String(cloud.values.attributeOf(each, 'QueueName')));
  return names.map((QueueName) => {
    const name = 'ApproximateNumberOfMessagesVisible';
    const metric = { namespace: 'AWS/SQS', name, dimensions: { QueueName } };
    return cloud.watch.datapoints(metric).at(-1)?.maximum ?? -1;
  });
}
