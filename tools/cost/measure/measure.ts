import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { WeeloCloud } from '../../../bench/weelo-cloud.ts';
import type { FunctionName } from '../../../src/contract/functions.ts';
import { Measured, partNames, type Parts, type Usage } from '../usage.ts';
import { castIn, halfAnHourLater, takersOf, type Cast } from './cast.ts';
import {
  answerTo,
  filled,
  keepAwakes,
  moved,
  placedIn,
  positionsSent,
  rated,
  untilNothingIsDelayed,
  type LiveOrder,
} from './live-order.ts';
import { metersOf, type Meters } from './meters.ts';
import { added, divided, middleOf, rounded } from '../sums.ts';

/**
 * `quick`: heartbeats closer together, without what takes a minute to come, and without PostgreSQL's count of its
 * transactions. `thorough`: everything.
 */
export type Thoroughness = 'quick' | 'thorough';

/** Readings of one kind in a row, so that what happens once in a while is spread over them. */
const READS = 20;
const BATCHES = 5;
const LOGINS = 5;
/** A heartbeat every five seconds; what is written in full is so every thirty. */
const BEATS = 6;
const BETWEEN_BEATS_MS = 5_000;
/** One that comes earlier is refused. */
const SHORTEST_GAP_MS = 2_200;
const SWEEPS = 3;
const connecting = ['socket-connect', 'socket-message', 'socket-disconnect', 'notify'] as const;

/** Of several runs the middle, part by part. */
export function middleOfAll(runs: readonly Parts[]): Measured['parts'] {
  const parts = partNames.map((name) => [
    name,
    rounded(middleOf(runs.flatMap((each) => each[name] ?? []))),
  ]);
  return Measured.shape.parts.parse(Object.fromEntries(parts));
}

/** Lives the journey once, and answers what each part of it used. */
export async function measuredOnce(cloud: WeeloCloud, how: Thoroughness): Promise<Parts> {
  const cast = await castIn(cloud);
  const meters = await metersOf(cloud);
  const thorough = how === 'thorough';
  const measure: Once['measure'] = (work, functions) =>
    meters.usageOf(work, { thorough, ...(functions && { functions }) });
  const each: Once['each'] = async (times, functions, work) =>
    divided(await measure(() => inTurn(times, work), functions), times);
  try {
    const once = { cast, cloud, each, measure, thorough };
    await rehearse(once);
    const order = await orderIn(once);
    return {
      ...order,
      ...(await accountsIn(once)),
      ...(await idleIn(once, meters)),
    };
  } finally {
    for (const { socket } of cast.captains) socket.leave();
    await meters.stop();
  }
}

interface Once {
  readonly cast: Cast;
  readonly cloud: WeeloCloud;
  /**
   * What one run of many used. Only these functions are measured: a delayed message of the order may arrive meanwhile,
   * and would be counted many times over.
   */
  readonly each: (
    times: number,
    functions: readonly FunctionName[],
    work: () => Promise<unknown>,
  ) => Promise<Usage>;
  readonly measure: (
    work: () => Promise<unknown>,
    functions?: readonly FunctionName[],
  ) => Promise<Usage>;
  readonly thorough: boolean;
}

/** An order that is not measured. It warms the functions up, and they learn what they then remember. */
async function rehearse({ cast, thorough }: Once): Promise<void> {
  await cast.wakeUp();
  const socket = await cast.connect(cast.customer);
  const order = await filled(cast, socket, await placedIn(cast, socket));
  await moved(cast, order, 'at_pickup', 'loading_complete', 'in_transit', 'completed');
  await rated(cast, order);
  socket.leave();
  if (thorough) await untilNothingIsDelayed(order);
}

async function orderIn({ cast, cloud, each, measure, thorough }: Once): Promise<Parts> {
  await cast.wakeUp();
  const socket = await cast.connect(cast.customer);
  const lived: { order?: LiveOrder } = {};
  const search = await measure(async () => {
    const placed = await placedIn(cast, socket);
    lived.order = await filled(cast, socket, placed);
  });
  const order = lived.order;
  if (!order) throw new Error('No order was placed');
  const late = thorough ? { late: await measure(() => untilNothingIsDelayed(order)) } : {};
  const status = () =>
    answerTo(
      cast.api.getOrderStatus({ token: cast.customer.token, params: { id: order.orderId } }),
    );
  const leaving = await measure(async () => {
    await moved(cast, order, 'at_pickup', 'loading_complete');
    await halfAnHourLater(cloud, order.orderId);
    await moved(cast, order, 'in_transit');
  });
  const sent = await measure(() => positionsSent(cast, order, BATCHES), ['trips', 'notify']);
  const positions = divided(sent, BATCHES);
  const readings = await readingsIn(cast, order, each);
  const ending = await measure(async () => {
    await moved(cast, order, 'completed');
    await rated(cast, order);
  });
  socket.leave();
  return {
    order: [leaving, ending].reduce(added, search),
    ...late,
    positions,
    status: await each(READS, ['orders'], status),
    ...readings,
  };
}

async function readingsIn(cast: Cast, order: LiveOrder, each: Once['each']): Promise<Parts> {
  const { api, customer } = cast;
  const { token } = customer;
  const [, taker] = takersOf(cast);
  const owner = taker?.owner.token ?? '';
  const driver = taker?.driver.token ?? '';
  const params = { id: order.orderId };
  const trip = { tripId: order.tripIds[1] ?? '' };
  return {
    arrivals: await each(READS, ['trips'], () => answerTo(api.estimateArrivals({ token, params }))),
    'booking-map': await each(READS, ['trips'], () =>
      answerTo(api.trackBooking({ token, params })),
    ),
    'fleet-map': await each(READS, ['trips'], () => answerTo(api.trackFleet({ token: owner }))),
    'trip-map': await each(READS, ['trips'], () =>
      answerTo(api.trackTrip({ token: owner, params: trip })),
    ),
    feed: await each(READS, ['orders'], () =>
      answerTo(api.listRequests({ token: owner, query: {} })),
    ),
    'driver-poll': await each(READS, ['orders'], () =>
      answerTo(api.listDriverAssignments({ token: driver, query: { status: 'pending' } })),
    ),
  };
}

async function accountsIn({ cast, each }: Once): Promise<Parts> {
  const { api } = cast;
  let phones = 9_210_000_000;
  const refreshTokens: string[] = [];
  const logIn = async () => {
    const phone = String((phones += 1));
    const who = { phone, role: 'customer' } as const;
    await answerTo(api.sendLoginCode({ body: who }));
    while (cast.codeSentTo(phone) === '') await pause(20);
    const otp = cast.codeSentTo(phone);
    const { tokens } = await answerTo(api.verifyLoginCode({ body: { ...who, otp } }));
    refreshTokens.push(tokens.refreshToken);
  };
  return {
    login: await each(LOGINS, ['auth', 'notify'], logIn),
    refresh: await each(LOGINS, ['auth'], () => {
      const refreshToken = refreshTokens.pop() ?? '';
      return answerTo(api.refreshSession({ body: { refreshToken } }));
    }),
    connect: await each(LOGINS, connecting, async () =>
      (await cast.connect(cast.customer)).leave(),
    ),
  };
}

/** What goes on while nobody orders. */
async function idleIn({ cast, cloud, measure, thorough }: Once, meters: Meters): Promise<Parts> {
  const pinged = await measure(() => putOnNotify(cloud, keepAwakes(cloud)), connecting);
  const gap = thorough ? BETWEEN_BEATS_MS : SHORTEST_GAP_MS;
  const beatAll = async () => {
    await cast.wakeUp();
    await pause(gap);
  };
  // A change is written twice: the second heartbeat makes good what was cut off. After that they are steady.
  await inTurn(2, beatAll);
  const beaten = await meters.usageOf(() => inTurn(BEATS, beatAll), {
    quietMs: 0,
    thorough,
    functions: ['fleet'],
  });
  const idle = {
    ping: divided(pinged, cast.captains.length),
    heartbeat: divided(beaten, BEATS * cast.captains.length),
  };
  if (!thorough) return idle;
  const swept = await meters.usageOf(
    () => inTurn(SWEEPS, () => cloud.fire('Reconciler/Schedule')),
    { thorough, functions: ['reconcile'] },
  );
  return { ...idle, reconcile: divided(swept, SWEEPS) };
}

async function putOnNotify(cloud: WeeloCloud, messages: readonly object[]): Promise<void> {
  const credentials = { accessKeyId: 'cost', secretAccessKey: 'cost' };
  const endpoint = cloud.engines.sqs?.endpoint ?? '';
  const client = new SQSClient({ endpoint, region: 'ap-south-1', credentials });
  const QueueUrl = cloud.processOf('orders').variables['NOTIFY_QUEUE_URL'] ?? '';
  const Entries = messages.map((message, i) => ({
    Id: String(i),
    MessageBody: JSON.stringify(message),
  }));
  await client.send(new SendMessageBatchCommand({ QueueUrl, Entries: Entries.slice(0, 10) }));
  client.destroy();
}

async function inTurn(times: number, work: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < times; i += 1) await work();
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
