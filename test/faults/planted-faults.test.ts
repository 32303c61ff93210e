import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import * as z from 'zod';
import type { Cloud } from 'local-cloud';
import { queueUrlOf } from 'local-cloud/engines';
import { routes } from '../../src/contract/http/routes.ts';
import { stageNamed } from '../../lib/parts/stages.ts';
import { clientOf } from '../support/client.ts';
import { signerOf } from '../support/cloud-token.ts';
import { asMaster } from '../support/engines/database-server.ts';
import { overTheWire } from '../support/over-the-wire.ts';
import { commandsOf, filledIn } from '../support/runbooks/runbook.ts';
import { openTerminal, type Terminal } from '../support/runbooks/terminal.ts';
import { startWatchedWeelo } from '../support/runbooks/watched-weelo.ts';
import { documentedOrder } from '../support/worlds/order-world.ts';

const MINUTE = 60_000;
const stage = 'local';
const functionNamed = (name: string) => `weelo-${stage}-${name}`;

let cloud: Cloud;
let terminal: Terminal;
let api: ReturnType<typeof apiOf>;
let token: string;
const apiOf = (origin: string) => clientOf(routes, overTheWire(origin));

beforeAll(async () => {
  cloud = await startWatchedWeelo();
  terminal = openTerminal(cloud.origin, cloud.awsEndpoint, cloud.watch.now);
  api = apiOf(cloud.origin);
  token = await (await signerOf(cloud.processOf(functionNamed('auth')).variables))({});
  // A first start is slow, and a fault must not be mixed up with it.
  await cancelled(await placed());
  await cloud.fire('Reconciler/Schedule');
  await settled(...workQueues);
}, 120_000);
afterAll(() => cloud?.stop());

const nameOf = (path: string) => path.split('/').at(-1) ?? '';
/** Who rings: an alarm on silence does without data. */
const ringing = () =>
  cloud.watch
    .states()
    .filter(({ path, state }) => state === 'ALARM' || (state !== 'OK' && hasTold(path, state)))
    .map(({ path }) => nameOf(path))
    .toSorted();
const hasTold = (path: string, state: string) => {
  const told = cloud.watch.messages().findLast((each) => each.path === path);
  return told?.state === state;
};

function sql<Row>(text: string, values: unknown[] = []) {
  const { postgres } = cloud.engines;
  if (!postgres) throw new Error('PostgreSQL does not run');
  const database = cloud.processOf(functionNamed('orders')).variables['DATABASE_NAME'] ?? '';
  return asMaster(postgres, database, async (client) => {
    const { rows } = await client.query<Row & object>(text, values);
    return rows;
  });
}

/** A call of SQS, of the queue whose construct this is. */
async function sqs(operation: string, construct: string, input: object = {}): Promise<unknown> {
  const queue = cloud.values
    .resources('AWS::SQS::Queue')
    .find(({ path }) => path.endsWith(`/${construct}`));
  if (!queue || !cloud.engines.sqs) throw new Error(`There is no queue ${construct}`);
  const { endpoint } = cloud.engines.sqs;
  const QueueUrl = queueUrlOf(endpoint, String(cloud.values.attributeOf(queue, 'QueueName')));
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `AmazonSQS.${operation}`,
      authorization:
        'AWS4-HMAC-SHA256 Credential=a/20200101/ap-south-1/sqs/aws4_request, SignedHeaders=host, Signature=none',
    },
    body: JSON.stringify({ QueueUrl, ...input }),
  });
  if (!response.ok) throw new Error(await response.text());
  const text = await response.text();
  return text === '' ? {} : JSON.parse(text);
}

async function placed(): Promise<string> {
  const order = { token, idempotencyKey: randomUUID(), body: documentedOrder };
  const { body, error } = await api.placeOrder(order);
  return body?.order.id ?? expect.fail(JSON.stringify(error));
}

async function cancelled(id: string): Promise<void> {
  const { error } = await api.cancelOrder({ token, params: { id }, body: {} });
  expect(error).toBeUndefined();
}

/** An order whose timers are lost, and whose deadline has passed. */
async function overdue(): Promise<string> {
  const id = await placed();
  // Its search has begun; what is left are the timers.
  await settled('Dispatch/Queue');
  await sqs('PurgeQueue', 'Dispatch/Queue');
  await sql(
    `UPDATE weelo.orders SET search_deadline = clock_timestamp() - interval '90 seconds' WHERE id = $1`,
    [id],
  );
  return id;
}

const visibleAgainAfter = (construct: string, seconds: number) =>
  sqs('SetQueueAttributes', construct, { Attributes: { VisibilityTimeout: String(seconds) } });
const Counted = z.object({
  Attributes: z.object({
    ApproximateNumberOfMessages: z.coerce.number(),
    ApproximateNumberOfMessagesNotVisible: z.coerce.number(),
  }),
});
/** Messages that wait, and that are in hand. */
const countsOf = async (construct: string) => {
  const input = { AttributeNames: ['All'] };
  const { Attributes } = Counted.parse(await sqs('GetQueueAttributes', construct, input));
  const { ApproximateNumberOfMessages: waiting, ApproximateNumberOfMessagesNotVisible: inHand } =
    Attributes;
  return [waiting, inHand] as const;
};
const countOf = async (construct: string) => (await countsOf(construct))[0];

/** Nothing is on its way any more: what is in hand while the clock is put forward grows old at once. */
const settled = (...constructs: readonly string[]) =>
  vi.waitFor(async () => {
    const counts = constructs.map((each) => countsOf(each));
    expect(await Promise.all(counts)).toEqual(constructs.map(() => [0, 0]));
  }, 40_000);

let lastPhone = 6_400_000_000;
const newPhone = () => String((lastPhone += 1));
const askForCode = async () => {
  const phone = newPhone();
  const { status } = await api.sendLoginCode({ body: { phone, role: 'customer' } });
  expect(status).toBe(200);
  return phone;
};
const smsTo = (phone: string) =>
  cloud.outside.messages.newestFirst(({ to }) => to.endsWith(phone), 1).length;

const rows = z.array(z.array(z.union([z.string(), z.boolean().transform(String)])));
/** The first column of the row that a query of a runbook shows, with this in the last column. */
const rowWith = (answer: unknown, last: string) =>
  rows.parse(answer).find((each) => each.at(-1) === last)?.[0] ?? expect.fail(`No ${last}`);

const workQueues = ['Dispatch/Queue', 'Notify/Queue'];

interface Fault {
  /** As AWS's Fault Injection Service calls the action, where it has one. */
  readonly name: string;
  readonly alarm: string;
  readonly plant: () => Promise<unknown>;
  /** What goes on in each minute until it rings: an alarm on errors needs somebody who meets them. */
  readonly meanwhile?: () => Promise<unknown>;
  /** What goes wrong once more, where something repairs by itself what went wrong before. */
  readonly still?: () => Promise<unknown>;
  /** What the command shows that is typed first, and the placeholders that it says. */
  readonly look: (answer: unknown) => void | Readonly<Record<string, string>>;
  /** The cause is mended, where the page says so. */
  readonly mend?: () => unknown;
  /** Of the commands after the first, those to type, by a part of them; the last one cures. */
  readonly typed: readonly (readonly [
    command: string,
    read?: (answer: unknown) => void | Readonly<Record<string, string>>,
  ])[];
  /** The queue that is not worked off. */
  readonly stopped?: string;
  readonly known?: Readonly<Record<string, string>>;
  /** That it works again, and what is done for that. */
  readonly works: () => Promise<unknown>;
}

/** What an answer has, whatever stands beside it. */
const shows =
  (expected: object) =>
  (answer: unknown): void => {
    expect(answer).toMatchObject(expected);
  };

const queuesShown = z.record(
  z.string(),
  z.looseObject({
    waiting: z.number(),
    deadLetters: z.number(),
    some: z.array(z.object({ messageId: z.string(), kind: z.string() })),
  }),
);
const lagging = (queue: 'dispatch' | 'notify', work: () => Promise<unknown>): Fault => {
  const construct = queue === 'dispatch' ? 'Dispatch/Queue' : 'Notify/Queue';
  const mapping = async () => {
    const name = `${functionNamed(queue)}:live`;
    const command = `aws lambda list-event-source-mappings --function-name ${name} --query EventSourceMappings[].[UUID]`;
    return rows.parse(await terminal.type(command))[0]?.[0] ?? expect.fail('No mapping');
  };
  return {
    name: `event-source-mapping-off: ${queue}`,
    alarm: `${queue}Lag`,
    known: { queue },
    stopped: construct,
    plant: async () => {
      const uuid = await mapping();
      await terminal.type(`aws lambda update-event-source-mapping --uuid ${uuid} --no-enabled`);
      await work();
      await vi.waitFor(async () => expect(await countOf(construct)).toBeGreaterThan(0), 10_000);
    },
    look: (answer) => {
      expect(queuesShown.parse(answer)[queue]?.waiting).toBeGreaterThan(0);
    },
    typed: [
      ['list-event-source-mappings', (answer) => ({ uuid: rowWith(answer, 'Disabled') })],
      ['update-event-source-mapping'],
    ],
    works: () => vi.waitFor(async () => expect(await countOf(construct)).toBe(0), 10_000),
  };
};

/** The functions whose calls were thrown away, and how many calls. */
const throttledShown = z.tuple([z.tuple([z.string(), z.number()])], z.unknown());

const switchedOff = (name: string) =>
  [
    'get-function-concurrency',
    (answer: unknown) => {
      expect(answer).toMatchObject({ ReservedConcurrentExecutions: 0 });
      return { function: name };
    },
  ] as const;
const reservations = stageNamed('staging').reservedConcurrency;
const concurrencyOf = (name: string) =>
  terminal.type(`aws lambda get-function-concurrency --function-name ${functionNamed(name)}`);
/** What docs/stages.md has for a function in staging, whose reservations this stage has. */
const reservedInStaging = (answer: unknown, name: string) => {
  const [line = ''] = z.array(z.string()).length(1).parse(answer);
  const [staging = ''] = line.split(' | ').slice(3);
  return new RegExp(`\\b${name} (\\d+)`).exec(staging)?.[1];
};
const switchOff = (name: string) =>
  terminal.type(
    `aws lambda put-function-concurrency --function-name ${functionNamed(name)} --reserved-concurrent-executions 0`,
  );

const turnReconciler = async (how: 'enable' | 'disable') => {
  const rules = cloud.values.resources('AWS::Events::Rule');
  const rule = rules.find(({ path }) => path.endsWith('/Reconciler/Schedule'));
  if (!rule) throw new Error('There is no such rule');
  await terminal.type(`aws events ${how}-rule --name ${cloud.values.refOf(rule)}`);
};

/** How an upgrade ended. */
const upgrade = () =>
  new Promise<'open' | 'refused'>((resolve) => {
    const headers = { authorization: `Bearer ${token}` };
    const socket = new WebSocket(`${cloud.origin.replace('http', 'ws')}/ws`, { headers });
    socket.on('open', () => {
      socket.close();
      resolve('open');
    });
    socket.on('error', () => resolve('refused'));
  });

const fiveTimes = <T>(work: () => Promise<T>) => Promise.all(Array.from({ length: 5 }, work));

/** The server and the processes of its connections, as the kernel has them. */
async function processesOfPostgres(): Promise<readonly number[]> {
  const [found] = await sql<{ pid: string }>(`SELECT pg_read_file('postmaster.pid') AS pid`);
  const server = Number(found?.pid.split('\n')[0]);
  const all = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).split('\n');
  const children = all
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([pid, parent]) => (parent === server && pid !== undefined ? [pid] : []));
  return [server, ...children];
}

const Backlog = z.object({
  outbox: z.looseObject({ waiting: z.number(), oldestSeconds: z.number() }),
  orders: z.looseObject({}),
});
const statusOf = async (id: string) =>
  (
    await sql<{ closed: boolean }>(
      'SELECT search_closed_at IS NOT NULL AS closed FROM weelo.orders WHERE id = $1',
      [id],
    )
  )[0]?.closed;

let remembered = '';

const faults: readonly Fault[] = [
  {
    name: 'sms-refused',
    alarm: 'notifyDeadLetters',
    known: { queue: 'notify' },
    plant: async () => {
      await visibleAgainAfter('Notify/Queue', 0);
      const error = { status: 400, code: 'AccessDeniedException' };
      cloud.outside.faults.set({ kind: 'fail', service: 'sms-voice', ...error });
      remembered = await askForCode();
      await vi.waitFor(async () => expect(await countOf('Notify/DeadLetters')).toBe(1), 20_000);
    },
    look: (answer) => {
      expect(queuesShown.parse(answer)['notify']?.some).toMatchObject([{ kind: 'sms' }]);
    },
    mend: async () => {
      cloud.outside.faults.clear();
      await visibleAgainAfter('Notify/Queue', 30);
      await cloud.renew(functionNamed('notify'));
    },
    typed: [['redrive-dead-letters']],
    works: () => vi.waitFor(() => expect(smsTo(remembered)).toBe(1), 10_000),
  },
  {
    name: 'message-that-nobody-understands',
    alarm: 'dispatchDeadLetters',
    known: { queue: 'dispatch' },
    plant: async () => {
      await visibleAgainAfter('Dispatch/Queue', 0);
      const MessageBody = JSON.stringify({ kind: 'order-of-tomorrow', orderId: randomUUID() });
      await sqs('SendMessage', 'Dispatch/Queue', { MessageBody });
      await vi.waitFor(async () => expect(await countOf('Dispatch/DeadLetters')).toBe(1), 20_000);
      await visibleAgainAfter('Dispatch/Queue', 30);
    },
    look: (answer) => {
      const [letter] = queuesShown.parse(answer)['dispatch']?.some ?? [];
      expect(letter?.kind).toBe('order-of-tomorrow');
      return { 'message-id': letter?.messageId ?? '' };
    },
    typed: [['drop-dead-letters', shows({ dropped: 1 })]],
    works: async () => expect(await countOf('Dispatch/DeadLetters')).toBe(0),
  },
  lagging('notify', askForCode),
  lagging('dispatch', async () => void (remembered = await placed())),
  {
    name: 'function-switched-off',
    alarm: 'ThrottledFunctions',
    plant: async () => {
      await cancelled(remembered);
      await switchOff('system');
      const asked = Array.from({ length: 20 }, () => fetch(`${cloud.origin}/health`));
      expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(Array(20).fill(503));
    },
    look: (answer) => {
      const [[name, calls], ...others] = throttledShown.parse(answer);
      expect([name, others]).toEqual([functionNamed('system'), []]);
      expect(calls).toBeGreaterThanOrEqual(20);
      return { function: name.replace(functionNamed(''), '') };
    },
    typed: [
      [
        'get-account-settings',
        (answer) => {
          // What the others have reserved; this one has a reservation of nothing.
          const others = Object.entries(reservations).filter(([name]) => name !== 'system');
          expect(answer).toEqual([1000, others.reduce((left, [, each]) => left - each, 1000)]);
        },
      ],
      switchedOff('system'),
      [
        'reservedConcurrency',
        (answer) => ({ reservation: reservedInStaging(answer, 'system') ?? expect.fail('None') }),
      ],
      ['put-function-concurrency'],
    ],
    works: async () => {
      expect((await api.getHealth({})).status).toBe(200);
      // Its bound is there again.
      const ReservedConcurrentExecutions = reservations.system;
      expect(ReservedConcurrentExecutions).toBeGreaterThan(0);
      expect(await concurrencyOf('system')).toMatchObject({ ReservedConcurrentExecutions });
    },
  },
  {
    name: 'schedule-off',
    alarm: 'ReconcilerStopped',
    plant: async () => {
      await turnReconciler('disable');
      // Its last run lies in a minute that is over.
      await cloud.watch.forward(MINUTE);
    },
    look: (answer) => ({ rule: rowWith(answer, 'DISABLED') }),
    typed: [['enable-rule']],
    works: () => cloud.watch.forward(2 * MINUTE),
  },
  {
    name: 'sockets-switched-off',
    alarm: 'SocketErrors',
    plant: () => switchOff('socket-connect'),
    meanwhile: async () => expect(await fiveTimes(upgrade)).toEqual(Array(5).fill('refused')),
    look: (answer) => {
      // The APIs' own logs are in the cloud alone.
      expect(answer).toEqual([]);
      return { function: 'socket-connect' };
    },
    typed: [
      switchedOff('socket-connect'),
      [
        'reservedConcurrency',
        (answer) => expect(reservedInStaging(answer, 'socket-connect')).toBeUndefined(),
      ],
      ['delete-function-concurrency'],
    ],
    works: async () => expect(await upgrade()).toBe('open'),
  },
  {
    name: 'aws:network:disrupt-vpc-endpoint',
    alarm: 'OutboxStuck',
    plant: async () => {
      const id = await placed();
      cloud.outside.faults.set({ kind: 'fail', service: 'sqs', status: 503 });
      await cancelled(id);
      await sql(
        `UPDATE weelo.outbox SET created_at = created_at - interval '4 minutes' WHERE relayed_at IS NULL`,
      );
    },
    look: (answer) => {
      expect(Backlog.parse(answer).outbox.oldestSeconds).toBeGreaterThan(180);
    },
    mend: () => cloud.outside.faults.clear(),
    typed: [['repair', shows({ relayEvents: { repaired: expect.any(Number) } })]],
    works: async () =>
      expect(
        await sql('SELECT id FROM weelo.outbox WHERE relayed_at IS NULL AND parked_at IS NULL'),
      ).toEqual([]),
  },
  {
    name: 'event-that-its-queue-refuses',
    alarm: 'EventsParked',
    plant: () =>
      sql(
        `INSERT INTO weelo.outbox (id, queue, message, created_at)
         VALUES ($1, 'notify', $2, clock_timestamp() - interval '10 seconds')`,
        [randomUUID(), { kind: 'event', note: 'no\uFFFFbody' }],
      ),
    look: (answer) => {
      const Parked = z.object({ events: z.array(z.looseObject({ id: z.string() })) });
      const [event] = Parked.parse(answer).events;
      expect(event).toMatchObject({ parkedFor: 'InvalidMessageContents' });
      return { id: event?.id ?? '' };
    },
    typed: [['drop-parked-events', shows({ dropped: 1 })]],
    works: () => cloud.fire('Reconciler/Schedule'),
  },
  {
    name: 'timers-lost',
    alarm: 'LateDeadlines',
    plant: async () => undefined,
    meanwhile: async () => {
      if (remembered === '' || (await statusOf(remembered)) !== false) remembered = await overdue();
    },
    still: async () => {
      // Otherwise a run by the machine's own clock may end it before the cure does.
      await turnReconciler('disable');
      remembered = await overdue();
    },
    look: shows({ orders: { searches: 1 } }),
    typed: [['repair', shows({ expireOrders: { repaired: 1 } })]],
    works: async () => {
      expect(await statusOf(remembered)).toBe(true);
      await turnReconciler('enable');
    },
  },
  {
    name: 'order-that-cannot-be-ended',
    alarm: 'StuckOrders',
    plant: async () => {
      remembered = await overdue();
      await sql(`CREATE FUNCTION weelo.refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'this order cannot be ended'; END $$`);
      await sql(`CREATE TRIGGER planted BEFORE UPDATE ON weelo.orders FOR EACH ROW
        WHEN (OLD.id = '${remembered}') EXECUTE FUNCTION weelo.refuse()`);
    },
    look: (answer) => {
      const [line = ''] = z
        .array(z.string())
        .parse(answer)
        .filter((each) => each.includes(remembered));
      expect(JSON.parse(line)).toMatchObject({
        message: 'An order could not be ended',
        error: { name: 'PrismaClientKnownRequestError' },
      });
    },
    // As above.
    still: () => turnReconciler('disable'),
    mend: () => sql('DROP FUNCTION weelo.refuse CASCADE'),
    typed: [['repair', shows({ expireOrders: { repaired: 1 } })]],
    works: async () => {
      expect(await statusOf(remembered)).toBe(true);
      await turnReconciler('enable');
    },
  },
  {
    name: 'postgres-frozen',
    alarm: 'ServerErrors',
    plant: async () => {
      // Its runs would only wait for PostgreSQL, each for as long as it may.
      await turnReconciler('disable');
      for (const pid of await processesOfPostgres()) process.kill(pid, 'SIGSTOP');
    },
    meanwhile: async () => {
      const answers = await fiveTimes(() => api.getHealth({}));
      expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(503));
    },
    look: shows({ postgres: 'down', redis: 'up' }),
    typed: [
      ['describe-db-clusters', (answer) => ({ instance: rowWith(answer, 'true') })],
      ['reboot-db-instance'],
    ],
    works: async () => {
      await vi.waitFor(
        async () => expect((await api.getHealth({})).body?.status).toBe('healthy'),
        20_000,
      );
      await turnReconciler('enable');
    },
  },
];

/** Lets minutes pass until an alarm rings, and no longer than two of its windows. */
async function untilItRings({ alarm, meanwhile, stopped }: Fault): Promise<void> {
  const { evaluationMs } = windowOf(alarm);
  await settled(...workQueues.filter((each) => !each.startsWith(stopped ?? ' ')));
  const begun = cloud.watch.now();
  while (ringing().length === 0 && cloud.watch.now() - begun < 2 * evaluationMs) {
    await meanwhile?.();
    if (meanwhile) await settled(...workQueues);
    await cloud.watch.forward(MINUTE);
  }
}

function windowOf(alarm: string) {
  const found = cloud.watch.states().find(({ path }) => nameOf(path) === alarm);
  if (!found) throw new Error(`There is no alarm ${alarm}`);
  return { ...found, evaluationMs: found.periodMs * found.evaluationPeriods };
}

describe('a planted fault rings its own alarm and no other, and is cured by what its runbook says', () => {
  test.each(faults.map((fault) => [fault.name, fault.alarm, fault] as const))(
    '%s: %s',
    async (_, alarm, fault) => {
      expect(ringing()).toEqual([]);
      const before = cloud.watch.messages().length;
      await fault.plant();
      await untilItRings(fault);
      expect(ringing()).toEqual([alarm]);

      await fault.still?.();

      const runbook = windowOf(alarm).description.split(' Runbook: ')[1] ?? '';
      const [first, ...others] = commandsOf(runbook);
      let known: Readonly<Record<string, string>> = { stage, ...fault.known };
      known = { ...known, ...fault.look(await terminal.type(filledIn(first?.text ?? '', known))) };
      await fault.mend?.();
      for (const [part, read] of fault.typed) {
        const command = others.find(({ text }) => text.includes(` ${part}`));
        const answer = await terminal.type(filledIn(command?.text ?? `no ${part}`, known));
        known = { ...known, ...read?.(answer) };
      }
      await fault.works();
      await settled(...workQueues);

      const { evaluationMs, periodMs } = windowOf(alarm);
      // CloudWatch looks back two periods further where something is missing.
      await cloud.watch.forward(evaluationMs + 2 * periodMs + MINUTE);
      expect(ringing()).toEqual([]);
      const told = cloud.watch.messages().slice(before);
      expect(new Set(told.map(({ path }) => nameOf(path)))).toEqual(new Set([alarm]));
    },
    90_000,
  );
});
