import { setTimeout as pause } from 'node:timers/promises';
import { median, type Measured } from '../benchmark.ts';
import type { WeeloCloud } from '../weelo-cloud.ts';
import type { Audience } from './audience.ts';

const active = 1000;
const idle = 4000;
const seconds = 60;
const usersPerEvent = 100;

interface Props {
  readonly cloud: WeeloCloud;
  readonly audience: Audience;
  /** Tells users an event, and answers how long it took to reach them all. */
  readonly tell: (users: readonly string[]) => Promise<number>;
  readonly say: (progress: string) => void;
}

/** Each second an event for a hundred of a thousand users, while four thousand more are connected. Nothing may be lost. */
export async function aMinuteAmongIdle({ cloud, audience, tell, say }: Props): Promise<Measured> {
  await audience.grow(active);
  const alone = await aMinute(audience, tell, 10);
  say(`connecting ${idle} more`);
  await audience.grow(active + idle);
  say(`${cloud.connectionIds().length} sockets, ${seconds} s`);
  const crowded = await aMinute(audience, tell, seconds);
  const megabytes = Math.round(process.memoryUsage().rss / 1024 ** 2);
  say(`${megabytes} MB in the process that has both ends of all sockets`);
  if (cloud.connectionIds().length < active + idle) throw new Error('Sockets were lost');
  const [took, limit] = [median(crowded), median(alone)];
  const what = `${usersPerEvent} of ${active} users, beside ${idle} idle ones, against without them`;
  return { what, took, limit, ratio: took / limit };
}

async function aMinute(
  { users }: Audience,
  tell: Props['tell'],
  length: number,
): Promise<readonly number[]> {
  const times: Promise<number>[] = [];
  for (let second = 0; second < length; second += 1) {
    const from = (second * usersPerEvent) % active;
    times.push(tell(users.slice(from, from + usersPerEvent)));
    await pause(1000);
  }
  return Promise.all(times);
}
