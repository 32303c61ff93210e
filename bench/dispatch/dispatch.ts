import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { newBroadcast } from '../../src/contract/events/offers.ts';
import { routesOf } from '../../src/contract/http/routes.ts';
import { clientOf } from '../../test/support/client.ts';
import { overTheWire } from '../../test/support/over-the-wire.ts';
import { median, p99, type Benchmark } from '../benchmark.ts';
import { databasesOf } from '../databases.ts';
import { Audience } from '../fan-out/audience.ts';
import { there } from '../login/warm-auth.ts';
import { startWeeloCloud, type WeeloCloud } from '../weelo-cloud.ts';
import { beginHeartbeats } from './heartbeats.ts';
import { OffersHeard } from './offers-heard.ts';
import { line, plantTown, type Town } from './town.ts';

const captains = 1000;
const idle = 4000;
/** To how many a first wave offers an order. */
const offersEach = 10;
const warmUp = { perSecond: 2, seconds: 10 };
const calm = { perSecond: 1, seconds: 60 };
const busy = { perSecond: 5, seconds: 60 };
/** As long as a second copy of an offer would take. */
const settlingMs = 5000;

const ordersIn = ({ perSecond, seconds }: Pace) => perSecond * seconds;

interface Pace {
  readonly perSecond: number;
  readonly seconds: number;
}

export const dispatch: Benchmark = {
  name: 'dispatch',
  summary: `From POST orders to the last of ten captains who have the offer, with ${captains} captains who send heartbeats and ${idle} idle sockets: ${busy.perSecond} orders a second, against ${calm.perSecond}`,
  against: `${calm.perSecond} a second`,
  run: async (say) => {
    const cloud = await startWeeloCloud(say);
    const heard = new OffersHeard(offersEach);
    const audience = new Audience(cloud, ({ event, data }, userId) => {
      if (event === newBroadcast.name) heard.hear(data, userId);
    });
    const { DATABASE_NAME = '' } = cloud.processOf('orders').variables;
    const { within } = await databasesOf(cloud);
    const customers = [warmUp, calm, busy].map(ordersIn).reduce((sum, orders) => sum + orders);
    const town = await within(DATABASE_NAME, (client) =>
      plantTown(client, { captains, customers }),
    );
    let heartbeats: Awaited<ReturnType<typeof beginHeartbeats>> | undefined;
    try {
      say(`connecting ${captains} captains and ${idle} others`);
      await audience.join(town.captains.map(({ id: userId }) => ({ userId, role: 'transporter' })));
      await audience.grow(captains + idle);
      heartbeats = await beginHeartbeats(cloud, town.captains);
      const market = await openMarket(cloud, town, heard);
      const times = { calm: new Array<number>(), busy: new Array<number>() };
      say('warming up');
      await market.placeAt(warmUp);
      say(`${calm.perSecond} order a second, for ${calm.seconds} s`);
      times.calm = await market.placeAt(calm);
      const [middle, worst] = [median(times.calm), p99(times.calm)].map(Math.round);
      say(`all ten had each: p50 ${middle} ms, p99 ${worst} ms`);
      say(`${busy.perSecond} orders a second, for ${busy.seconds} s`);
      times.busy = await market.placeAt(busy);
      await pause(settlingMs);
      market.check();
      say(await heartbeats.stop());
      if (cloud.connectionIds().length < captains + idle) throw new Error('Sockets were lost');
      const row = (what: string, of: (numbers: readonly number[]) => number) => {
        const [took, limit] = [of(times.busy), of(times.calm)];
        return { what, took, limit, ratio: took / limit };
      };
      return [
        row('all ten have it, p50', median),
        { ...row('all ten have it, p99', p99), atMost: 5 },
      ];
    } finally {
      heartbeats?.end();
      audience.leave();
      await cloud.stop();
    }
  },
};

/** Customers who place orders, each one order, and cancel it as soon as it was offered: so the captains stay free. */
async function openMarket(cloud: WeeloCloud, town: Town, heard: OffersHeard) {
  const api = clientOf(routesOf('orders'), overTheWire(cloud.origin));
  const signed = town.customerIds.map((userId) => cloud.accessToken({ userId }));
  const tokens = (await Promise.all(signed)).values();
  const orderIds: string[] = [];

  const placeOne = async (token: string): Promise<number> => {
    const pickup = town.somewhere();
    // An order of less than half a kilometre is none.
    const drop = { ...pickup, latitude: pickup.latitude + 0.2 };
    const { body, error } = await api.placeOrder({
      token,
      idempotencyKey: randomUUID(),
      body: {
        pickup: { ...pickup, address: 'Here' },
        drop: { ...drop, address: 'There' },
        distanceKm: 25,
        vehicleRequirements: [{ ...line, quantity: 1, pricePerTruck: 3000 }],
      },
    });
    const committed = performance.now();
    if (!body) throw new Error(`Not placed: ${error?.code}`);
    const { id } = body.order;
    orderIds.push(id);
    const last = await heard.lastOf(id);
    const cancelled = await api.cancelOrder({ token, params: { id }, body: {} });
    if (cancelled.error) throw new Error(`Not cancelled: ${cancelled.error.code}`);
    return last - committed;
  };

  return {
    /** Places orders one after the other, whether or not those before have been offered. Says how long each took. */
    placeAt: async (pace: Pace): Promise<number[]> => {
      const begun = performance.now();
      const placing: Promise<number>[] = [];
      while (placing.length < ordersIn(pace)) {
        const early = begun + (placing.length * 1000) / pace.perSecond - performance.now();
        if (early > 0) await pause(early);
        const one = placeOne(there(tokens.next().value));
        // Whatever fails is told when all are placed.
        one.catch(() => undefined);
        placing.push(one);
      }
      return Promise.all(placing);
    },
    /** Of all that were placed so far. */
    check: () => heard.check(orderIds),
  };
}
