import { fork } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { apiGatewayLimits } from 'local-cloud';
import * as z from 'zod';
import { Arrivals } from '../arrivals.ts';
import { p99, type Benchmark } from '../benchmark.ts';
import { openNotifyQueue, cancellationFor } from '../../test/support/notify-queue.ts';
import { startWeeloCloud, type WeeloCloud } from '../weelo-cloud.ts';
import { StormClient } from './storm-client.ts';

const clients = 5000;
const usersPerEvent = 50;
const atMost = 1.3;

export const storm: Benchmark = {
  name: 'storm',
  summary: `${clients} sockets are cut at once, connect again and resume, while events are sent`,
  against: 'quota or bare calls, the slower',
  run: async (say) => {
    const cloud = await startWeeloCloud(say);
    const crowd = await Crowd.of(clients, cloud);
    try {
      say(`connecting ${clients} clients`);
      await crowd.comeBack(say);
      say('the calls to the stores, bare');
      const before = await bareCalls(cloud);
      say('the storm');
      crowd.cut();
      const begun = performance.now();
      const sending = crowd.tellThoseWhoAreBack();
      await crowd.comeBack(say);
      const took = performance.now() - begun;
      const arrivals = await sending();
      say(`${crowd.refused} tries to connect were refused by the quota`);
      say(`${arrivals.length} events told meanwhile: p99 ${Math.round(p99(arrivals))} ms`);
      say('the calls to the stores, bare, once more');
      const bare = Math.min(before, await bareCalls(cloud));
      const { perSecond, burst } = apiGatewayLimits.newConnections;
      const quota = ((clients - burst) / perSecond) * 1000;
      const limit = Math.max(quota, bare);
      return [
        { what: 'all are back', took, limit, ratio: took / limit, atMost },
        { what: 'all are back, against the quota alone', took, limit: quota, ratio: took / quota },
      ];
    } finally {
      crowd.cut();
      await cloud.stop();
    }
  },
};

const Took = z.tuple([z.object({ took: z.number() })], z.unknown());

async function bareCalls(cloud: WeeloCloud): Promise<number> {
  const script = join(import.meta.dirname, 'bare-calls.ts');
  const env = { ...process.env, ...cloud.processOf('socket-message').variables };
  const child = fork(script, { env });
  child.send({ clients });
  const [{ took }] = Took.parse(await once(child, 'message'));
  child.kill();
  return took;
}

class Crowd {
  readonly #all: readonly StormClient[];
  readonly #cloud: WeeloCloud;
  readonly #back = new Set<StormClient>();
  readonly #arrivals: Arrivals;

  static async of(size: number, cloud: WeeloCloud): Promise<Crowd> {
    const arrivals = new Arrivals();
    const hear = (eventId: string) => arrivals.hear(eventId);
    const all: StormClient[] = [];
    while (all.length < size) {
      const userId = randomUUID();
      const token = await cloud.accessToken({ userId });
      all.push(new StormClient(cloud.origin, { userId, token }, hear));
    }
    return new Crowd(all, cloud, arrivals);
  }

  constructor(all: readonly StormClient[], cloud: WeeloCloud, arrivals: Arrivals) {
    this.#all = all;
    this.#cloud = cloud;
    this.#arrivals = arrivals;
  }

  get refused(): number {
    return this.#all.reduce((sum, each) => sum + each.refused, 0);
  }

  async comeBack(say: (progress: string) => void): Promise<void> {
    const begun = performance.now();
    const tellHowFar = () => {
      const seconds = Math.round((performance.now() - begun) / 1000);
      say(`${this.#back.size} of ${this.#all.length} are back after ${seconds} s`);
    };
    const telling = setInterval(tellHowFar, 30_000);
    await Promise.all(
      this.#all.map(async (each) => {
        await each.comeBack();
        this.#back.add(each);
      }),
    );
    clearInterval(telling);
    tellHowFar();
  }

  cut(): void {
    this.#back.clear();
    for (const each of this.#all) each.cut();
  }

  /** Sends an event every half second. What it answers ends that, and answers how long each event took to reach all. */
  tellThoseWhoAreBack(): () => Promise<readonly number[]> {
    const queue = openNotifyQueue(this.#cloud);
    const arrivals: Promise<number>[] = [];
    const done = new AbortController();
    const loop = async () => {
      while (!done.signal.aborted) {
        const users = [...this.#back].slice(-usersPerEvent).map(({ userId }) => userId);
        if (users.length === usersPerEvent) {
          const event = cancellationFor(users);
          arrivals.push(this.#arrivals.of(event.id, users.length));
          await queue.send(event);
        }
        await pause(500);
      }
    };
    const looping = loop();
    return async () => {
      done.abort();
      await looping;
      queue.close();
      return Promise.all(arrivals);
    };
  }
}
