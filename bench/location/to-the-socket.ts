import { loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { locationUpdated } from '../../src/contract/events/trips.ts';
import { routesOf } from '../../src/contract/http/routes.ts';
import { clientOf } from '../../test/support/client.ts';
import { overTheWire } from '../../test/support/over-the-wire.ts';
import { median, p99, type Measured } from '../benchmark.ts';
import { databasesOf } from '../databases.ts';
import { Audience } from '../fan-out/audience.ts';
import { there } from '../login/warm-auth.ts';
import type { WeeloCloud } from '../weelo-cloud.ts';
import { batchOf, pointsOfBatch } from './drive.ts';
import { FixesHeard } from './fixes-heard.ts';
import { plantTrips } from './planted-trips.ts';
import { withTokens, type WatchedTrip } from './sides.ts';

interface Pace {
  readonly perSecond: number;
  readonly batches: number;
}

/** All at once, so that all environments are started that the local cloud keeps, and none in what is measured. */
const firstOfAll = { perSecond: Infinity, batches: 40 };
const warmUp = { perSecond: 10, batches: 100 };
/** A machine of two cores that runs all engines and functions can do four times as much. */
const measured = { perSecond: 10, batches: 400 };
const trips = firstOfAll.batches + warmUp.batches + measured.batches;
/** So many batches after a trip's own its customer looks at it. */
const readAfter = [40, 45] as const;
/** The second of the promise: in milliseconds. */
const limit = 1000;
/** Longer than any delivery of a message that is tried again. */
const lateMs = 90_000;

/**
 * How long it takes from the newest fix of a batch until its truck's customer has it, past the gateway, the functions
 * and the queue. The 2 s rule holds nothing back here: each trip sends one batch.
 */
export async function fixesToSockets(
  cloud: WeeloCloud,
  say: (progress: string) => void,
): Promise<readonly Measured[]> {
  const { DATABASE_NAME = '' } = cloud.processOf('trips').variables;
  const { within } = await databasesOf(cloud);
  const planted = await within(DATABASE_NAME, (client) => plantTrips(client, trips));
  const watched = await withTokens(planted, cloud.processOf('auth').variables);
  const heard = new FixesHeard();
  const audience = new Audience(cloud, ({ event, data }) => {
    if (event === locationUpdated.name) heard.hear(data);
  });
  try {
    say(`connecting ${trips} customers`);
    await audience.join(watched.map(({ customerId: userId }) => ({ userId })));
    const { turns, refused } = turnsOf(cloud, watched, heard);
    say(`${measured.perSecond} batches and ${2 * measured.perSecond} reads a second`);
    const left = turns.values();
    for (const pace of [firstOfAll, warmUp, measured]) {
      heard.take();
      await atPace(pace, left);
      await untilAllAreHeard(heard);
    }
    const times = heard.take();
    const [load = 0] = loadavg();
    say(`${times.length} fixes heard; load ${load.toFixed(1)}; ${refused()} calls refused for now`);
    const row = (what: string, of: (numbers: readonly number[]) => number) => {
      const milliseconds = of(times);
      return { what, took: milliseconds, limit, ratio: milliseconds / limit };
    };
    const what = "from a fix to its customer's socket, against a second";
    return [row(`${what}, p50`, median), { ...row(`${what}, p99`, p99), atMost: 1 }];
  } finally {
    audience.leave();
  }
}

/** One turn: a driver sends a batch, and two customers look at trucks that are known. */
function turnsOf(cloud: WeeloCloud, watched: readonly WatchedTrip[], heard: FixesHeard) {
  const api = clientOf(routesOf('trips'), overTheWire(cloud.origin));
  let refused = 0;
  /** As the apps do it, on a machine that is busy with something else. */
  const patiently = async <A extends Answer>(ask: () => Promise<A>): Promise<A> => {
    for (;;) {
      const answer = await ask();
      if (!answer.error) return answer;
      if (!patience.has(answer.error.code)) throw new Error(`Refused: ${answer.error.code}`);
      refused += 1;
      await pause(againAfterMs);
    }
  };
  const send = async (trip: WatchedTrip) => {
    const body = batchOf(trip, trip.number, Date.now(), pointsOfBatch);
    heard.await(trip.tripId, there(body.points.at(-1)).timestamp);
    const { driver: token } = trip.tokens;
    const { body: taken } = await patiently(() => api.sendPositions({ token, body }));
    if (!taken || taken.accepted + taken.duplicate < pointsOfBatch) throw new Error('Not taken');
  };
  const lookAtTrip = ({ tokens: { customer: token }, tripId }: WatchedTrip) =>
    patiently(() => api.trackTrip({ token, params: { tripId } }));
  const lookAtBooking = ({ tokens: { customer: token }, orderId: id }: WatchedTrip) =>
    patiently(() => api.trackBooking({ token, params: { id } }));
  return {
    refused: () => refused,
    turns: watched.map((trip, i) => async () => {
      const [one, other] = readAfter.map((turns) => watched[i - turns]);
      await Promise.all([send(trip), one && lookAtTrip(one), other && lookAtBooking(other)]);
    }),
  };
}

interface Answer {
  readonly error?: { readonly code: string };
}

/** Redis did not answer in time, or it has not heard of the truck yet. */
const patience: ReadonlySet<string> = new Set(['SERVICE_UNAVAILABLE', 'POSITION_UNKNOWN']);
const againAfterMs = 500;

/** One after the other, whether or not those before have been answered. */
async function atPace(
  { perSecond, batches }: Pace,
  left: Iterator<() => Promise<void>, undefined>,
): Promise<void> {
  const begun = performance.now();
  const underWay: Promise<void>[] = [];
  while (underWay.length < batches) {
    const early = begun + (underWay.length * 1000) / perSecond - performance.now();
    if (early > 0) await pause(early);
    const one = there(left.next().value)();
    // Whatever fails is told when all are sent.
    one.catch(() => undefined);
    underWay.push(one);
  }
  await Promise.all(underWay);
}

async function untilAllAreHeard(heard: FixesHeard): Promise<void> {
  const tooLate = performance.now() + lateMs;
  while (heard.unheard > 0) {
    if (performance.now() > tooLate) throw new Error(`${heard.unheard} fixes were not heard`);
    await pause(20);
  }
}
