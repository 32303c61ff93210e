import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startWeeloCloud, type WeeloCloud } from '../../bench/weelo-cloud.ts';
import { polling } from '../../src/contract/socket/socket-io.ts';
import { inParallel } from '../../src/platform/in-parallel.ts';
import { cancellationFor, openNotifyQueue, type NotifyQueue } from '../support/notify-queue.ts';
import { livingConnections } from '../support/polling-left.ts';
import { slowUpgrades, type SlowUpgrades } from '../support/slow-upgrades.ts';

/** `npm run test:long` has two hundred. */
const upgrades = Number(process.env['UPGRADES'] ?? 20);
const atOnce = 4;
const everyMs = 50;
/** How long it takes at most until a socket is open. The upgrades then meet all states of a session that polls. */
const longestDelayMs = 600;
/** Events that flow once a client speaks on its socket. */
const afterwards = 5;
/** A message that a busy machine was too slow for comes again after half a minute. */
const patience = { timeout: 100_000, interval: 20 };

let cloud: WeeloCloud;
let queue: NotifyQueue;
let way: SlowUpgrades;
beforeAll(async () => {
  cloud = await startWeeloCloud(() => undefined, { variables: { WEELO_RATE_LIMITS: 'off' } });
  queue = openNotifyQueue(cloud);
  way = await slowUpgrades(cloud.origin, () => randomInt(longestDelayMs));
});
afterAll(async () => {
  queue.close();
  way.stop();
  await cloud.stop();
});

interface Told {
  readonly id: string;
  readonly version: number;
  readonly by: string;
}

/** An app with the default options of its library. It follows P10: what is older than what it shows, it drops. */
function app(token: string) {
  const socket = io(way.origin, { auth: { token }, forceNew: true, reconnection: false });
  const told: Told[] = [];
  const state = { opened: false, connected: false, upgraded: false, shown: 0, dropped: '' };
  socket.io.on('open', () => {
    state.opened = true;
    socket.io.engine.on('upgrade', () => (state.upgraded = true));
  });
  socket.on('connect', () => (state.connected = true));
  socket.on('connect_error', ({ message }) => (state.dropped = message));
  socket.on('disconnect', (reason) => (state.dropped = reason));
  socket.on('order_cancelled', ({ eventId, eventVersion }: Record<string, unknown>) => {
    const version = Number(eventVersion);
    const by = socket.io.engine.transport.name;
    told.push({ id: String(eventId), version, by });
    if (version >= state.shown) state.shown = version;
  });
  return { told, state, leave: () => void socket.disconnect() };
}

let doubled = 0;

/** One client that connects and upgrades, while events of an order flow to its user. */
async function upgradeOnce(): Promise<readonly Told[] | 'too slow'> {
  const begun = Date.now();
  const userId = randomUUID();
  const { told, state, leave } = app(await cloud.accessToken({ userId }));
  /** The events since the client has connected: it must hear each of them. */
  const due: string[] = [];
  let version = 0;
  const tell = async () => {
    version += 1;
    const event = cancellationFor([userId]);
    const data = { ...event.data, eventVersion: version };
    const isDue = state.connected;
    await queue.send({ ...event, data });
    if (isDue) due.push(event.id);
  };
  await vi.waitFor(() => expect(state.opened).toBe(true), patience);
  const until = Date.now() + patience.timeout;
  for (let left = afterwards; left > 0; left -= state.connected && state.upgraded ? 1 : 0) {
    if (state.dropped !== '' && wasTooSlow(begun)) return 'too slow';
    if (Date.now() > until || state.dropped !== '')
      expect.fail(`not upgraded: ${JSON.stringify(state)}`);
    await Promise.all([tell(), pause(everyMs)]);
  }
  await vi.waitFor(() => {
    const heard = new Set(told.map(({ id }) => id));
    expect(
      due.filter((id) => !heard.has(id)),
      'not heard',
    ).toEqual([]);
  }, patience);
  doubled += told.length - new Set(told.map(({ id }) => id)).size;
  expect(state).toMatchObject({ shown: version, dropped: '' });
  leave();
  return told;
}

/** Whether a session had no time left in which it could move, or a store kept a function waiting: the machine was busy. */
function wasTooSlow(begun: number): boolean {
  const names = ['socket-poll', 'socket-connect', 'socket-message'] as const;
  const away = names.some((name) =>
    cloud.logOf(name).some((line) => line.includes('TimeoutError')),
  );
  return away || Date.now() - begun > polling.livesSeconds * 1000;
}

/** A client that was dropped before it could upgrade connects anew, as the library does. */
async function upgraded(): Promise<readonly Told[]> {
  for (let tries = 3; tries > 0; tries -= 1) {
    const told = await upgradeOnce();
    if (told !== 'too slow') return told;
  }
  return expect.fail('The machine is too busy for any upgrade');
}

test(
  `${upgrades} clients upgrade from polling to a socket while events flow: each hears each event once`,
  { timeout: 10 * 60_000 },
  async () => {
    const all = await inParallel(
      Array.from({ length: upgrades }, (_, i) => i + 1),
      atOnce,
      upgraded,
    );
    const by = (transport: string) => all.flat().filter((each) => each.by === transport).length;
    // Otherwise nothing flowed while they upgraded.
    expect(by('polling')).toBeGreaterThan(0);
    expect(by('websocket')).toBeGreaterThanOrEqual(upgrades * afterwards);
    // P8: a post that seemed to have failed may have arrived. On a machine that keeps up, none does.
    const failed = cloud.logOf('notify').filter((line) => line.includes('A post failed'));
    expect(doubled, 'heard twice').toBeLessThanOrEqual(failed.length);
    for (const name of ['socket-poll', 'socket-message', 'socket-connect', 'notify'] as const) {
      expect(cloud.errorsOf(name), name).toBe(0);
    }
    await vi.waitFor(async () => expect(await livingConnections(cloud)).toEqual([]), 20_000);
  },
);
