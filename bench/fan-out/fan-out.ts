import { fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { writeAnswer } from '../../src/messaging/frames/plain.ts';
import { cancellationFor } from '../../test/support/notify-queue.ts';
import { median, p99, type Benchmark, type Measured } from '../benchmark.ts';
import { startWeeloCloud, type WeeloCloud } from '../weelo-cloud.ts';
import { Audience } from './audience.ts';
import { aMinuteAmongIdle } from './among-idle.ts';

const sizes = [
  { users: 10, rounds: 15 },
  { users: 100, rounds: 15 },
  { users: 1000, rounds: 12, atMost: 2 },
] as const;

export const fanOut: Benchmark = {
  name: 'fan-out',
  summary:
    'From the commit of an event to the last of 10, 100 and 1,000 connected users having it, and 5,000 sockets for a minute',
  against: 'bare posts',
  run: async (say) => {
    const cloud = await startWeeloCloud(say);
    const audience = new Audience(cloud);
    const sides = await sidesOf(cloud, audience);
    try {
      const rows: Measured[] = [];
      for (const size of sizes) {
        say(`${size.users} users, ${size.rounds} events`);
        await audience.grow(size.users);
        rows.push(...(await compared(size, sides, audience.users)));
      }
      rows.push(await aMinuteAmongIdle({ cloud, audience, tell: sides.tell, say }));
      return rows;
    } finally {
      sides.end();
      audience.leave();
      await cloud.stop();
    }
  },
};

type Sides = Awaited<ReturnType<typeof sidesOf>>;

/** Both tell users something, and answer how long it took until the last of them had it. */
async function sidesOf(cloud: WeeloCloud, audience: Audience) {
  const env = { ...process.env, ...cloud.processOf('notify').variables };
  const broadcaster = fork(join(import.meta.dirname, 'broadcaster.ts'), { env });
  broadcaster.on('exit', (code) => {
    if (code !== null) throw new Error('The bare broadcaster ended');
  });
  Object.assign(process.env, cloud.processOf('orders').variables);
  const { openTeller } = await import('./teller.ts');
  const teller = openTeller();
  return {
    tell: async (users: readonly string[]) => {
      const event = teller.eventFor(users);
      await teller.commit(event);
      const arrival = audience.arrivals.of(event.id, users.length);
      const [took] = await Promise.all([arrival, teller.relay(event)]);
      await isSettled(event.id, cloud);
      return took;
    },
    broadcast: async (users: number) => {
      const { id, at, event, data } = cancellationFor([]);
      const text = writeAnswer({ event, id, at, data });
      const arrival = audience.arrivals.of(id, users);
      broadcaster.send({ text, connectionIds: cloud.connectionIds().slice(0, users) });
      return arrival;
    },
    end: () => broadcaster.kill(),
  };
}

/** Three seconds later, notify pushes to those who did not acknowledge the event. It must not disturb what comes next. */
async function isSettled(eventId: string, cloud: WeeloCloud): Promise<void> {
  const isPushed = (line: string) => line.includes('"Event pushed"') && line.includes(eventId);
  while (!cloud.logOf('notify').some(isPushed)) await pause(100);
}

interface Size {
  readonly users: number;
  readonly rounds: number;
  readonly atMost?: number;
}

/** Rounds at the beginning that do not count. */
const warmUp = 3;

/** In turn, so that whatever else the machine does falls on both alike. */
async function compared(
  { users, rounds, ...limits }: Size,
  { tell, broadcast }: Pick<Sides, 'tell' | 'broadcast'>,
  all: readonly string[],
): Promise<readonly Measured[]> {
  const times = { ours: new Array<number>(), bare: new Array<number>() };
  for (let i = 0; i < warmUp + rounds; i += 1) {
    times.ours.push(await tell(all));
    times.bare.push(await broadcast(users));
  }
  const counted = { ours: times.ours.slice(warmUp), bare: times.bare.slice(warmUp) };
  return [
    { ...row(`${users} users, p50`, median, counted), ...limits },
    row(`${users} users, p99`, p99, counted),
  ];
}

interface Times {
  readonly ours: readonly number[];
  readonly bare: readonly number[];
}

function row(what: string, of: (times: readonly number[]) => number, times: Times): Measured {
  const [took, limit] = [of(times.ours), of(times.bare)];
  return { what, took, limit, ratio: took / limit };
}
