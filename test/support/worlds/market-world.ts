import { randomUUID } from 'node:crypto';
import { kindByKey } from '../../../src/catalogue/vehicle-kind.ts';
import { openGeoIndex } from '../../../src/fleet/presence/index/geo-index.ts';
import type { Position } from '../../../src/places/position.ts';
import { systemClock as clock } from '../../../src/platform/clock.ts';
import { lambdaContext } from '../invoke.ts';
import { documentedOrder, orderWorld } from './order-world.ts';

/** The kinds that the orders of these tests ask for. */
export const tataAce = 'mini_tata_ace';
export const openTruck = 'open_17_ft';

export interface Driver {
  readonly id: string;
  readonly token: string;
}

export interface Transporter {
  readonly id: string;
  readonly token: string;
  readonly vehicles: readonly string[];
  readonly drivers: readonly Driver[];
}

const line = (vehicleType: string, vehicleSubtype: string, quantity: number) => ({
  vehicleType,
  vehicleSubtype,
  quantity,
  pricePerTruck: 3000,
});
/** Lines of an order. */
export const aces = (quantity: number) => line('mini', 'Mini Truck - Tata Ace', quantity);
export const open17s = (quantity: number) => line('open', '17 Feet', quantity);

let places = 0;

/** Places that are more than a hundred kilometres from all others of this file. */
export function somewhere() {
  places += 1;
  const latitude = 8 + 1.5 * (places % 18);
  const longitude = 69 + 1.5 * (Math.floor(places / 18) % 18);
  return {
    pickup: { latitude, longitude, address: 'Here' },
    drop: { latitude: latitude + 0.2, longitude: longitude + 0.1, address: 'There' },
  };
}

/** One degree of latitude, in kilometres. */
const degreeKm = 111.195;

export type MarketWorld = Awaited<ReturnType<typeof marketWorld>>;

/** Customers, and transporters with fleets who are online, on the real engines. */
export async function marketWorld(change?: Parameters<typeof orderWorld>[0]) {
  const world = await orderWorld(change);
  const { redis, sql, sign, take, tellDispatch } = world;
  const geo = openGeoIndex({
    redis: {
      evaluate: (script, keys, args) => redis.eval(script, keys.length, ...keys, ...args),
      getRange: (key, first, last) => redis.getrange(key, first, last),
    },
    clock,
    limitsLifted: true,
  });
  let people = 0;

  const driver = async (transporterId: string, isOnline = true): Promise<Driver> => {
    const [id, sid] = [randomUUID(), randomUUID()];
    people += 1;
    await sql(
      `WITH d AS (
         INSERT INTO weelo.users (id, role, phone, name, transporter_id)
         VALUES ($1, 'driver', $2, $3, $4) RETURNING id
       ), s AS (
         INSERT INTO weelo.sessions (id, user_id, expires_at)
         SELECT $5, id, now() + interval '1 day' FROM d RETURNING id, user_id
       )
       INSERT INTO weelo.driver_availability (driver_id, session_id, is_available)
       SELECT user_id, id, $6 FROM s`,
      [id, String(7_000_000_000 + people), `Driver ${people}`, transporterId, sid, isOnline],
    );
    return { id, token: await sign({ sub: id, sid, role: 'driver' }) };
  };

  const vehicle = async (transporterId: string, key: string): Promise<string> => {
    const id = randomUUID();
    const kind = kindByKey(key);
    if (!kind) throw new Error(`There is no kind ${key}`);
    people += 1;
    await sql(
      `INSERT INTO weelo.vehicles (id, transporter_id, number, vehicle_key, vehicle_type, vehicle_subtype, capacity)
       VALUES ($1, $2, $3, $4, $5, $6, '1 Ton')`,
      [
        id,
        transporterId,
        `KA01AB${String(people).padStart(4, '0')}`,
        key,
        kind.type.id,
        kind.captainName,
      ],
    );
    return id;
  };

  /** Says where a transporter is: so many kilometres north of a place. */
  const beat = async (
    id: string,
    kinds: readonly string[],
    km: number,
    from: Position = documentedOrder.pickup,
  ) => {
    const position = { latitude: from.latitude + km / degreeKm, longitude: from.longitude };
    await geo.forgetKinds(id);
    await geo.noteHeartbeat({ id, position, readKinds: async () => kinds });
  };

  /** A transporter with a truck of each of these kinds, and a driver for each, so many kilometres from the pickup. */
  const transporter = async ({
    km = 1,
    kinds = [tataAce],
    from = documentedOrder.pickup,
  }: { km?: number; kinds?: readonly string[]; from?: Position } = {}): Promise<Transporter> => {
    const [id, sid] = [randomUUID(), randomUUID()];
    people += 1;
    await sql(
      `INSERT INTO weelo.users (id, role, phone, name, company) VALUES ($1, 'transporter', $2, 'Ravi', $3)`,
      [id, String(8_000_000_000 + people), `Fleet ${people}`],
    );
    const [vehicles, drivers]: [string[], Driver[]] = [[], []];
    for (const kind of kinds) {
      vehicles.push(await vehicle(id, kind));
      drivers.push(await driver(id));
    }
    await beat(id, [...new Set(kinds)], km, from);
    return { id, token: await sign({ sub: id, sid, role: 'transporter' }), vehicles, drivers };
  };

  /** Takes the events that users are told off their queue, all of them. */
  const allTold = async () => {
    const told: Record<string, unknown>[] = [];
    for (;;) {
      const some = await take('NOTIFY_QUEUE_URL');
      if (some.length === 0) return told.filter(({ kind }) => kind === 'event');
      told.push(...some);
    }
  };

  const wave = (orderId: string, number = 1) =>
    tellDispatch({ kind: 'search-wave', orderId, wave: number });

  /** Has dispatch do what the outbox asked it to do, until nothing is left: not the timers. */
  const settle = async () => {
    for (;;) {
      const asked = (await take('DISPATCH_QUEUE_URL')).filter(({ kind }) =>
        ['free-changed', 'refresh-offer'].includes(String(kind)),
      );
      if (asked.length === 0) return;
      await tellDispatch(...asked);
    }
  };

  /** As if so many seconds more had passed for the holds and the drivers of an order. */
  const ageAnswers = async (orderId: string, seconds: number) => {
    const past = `$2 * interval '1 second'`;
    const values = [orderId, seconds];
    await sql(
      `UPDATE weelo.holds SET expires_at = expires_at - ${past} WHERE order_id = $1`,
      values,
    );
    await sql(
      `UPDATE weelo.assignments SET answer_by = answer_by - ${past} WHERE order_id = $1`,
      values,
    );
  };

  /** Places an order where nobody else is, with these transporters around its pickup. */
  const search = async ({
    trucks = [aces(1)],
    fleets = [{}],
    waves = 1,
  }: {
    trucks?: readonly object[];
    fleets?: readonly { km?: number; kinds?: readonly string[] }[];
    waves?: number;
  } = {}) => {
    const places = somewhere();
    const transporters: Transporter[] = [];
    for (const [i, fleet] of fleets.entries()) {
      transporters.push(await transporter({ km: i + 1, ...fleet, from: places.pickup }));
    }
    const { id: customerId, token } = await world.customer();
    const order = { ...documentedOrder, ...places, vehicleRequirements: trucks };
    const { body, error } = await world.place(token, { order });
    if (!body) throw new Error(`The order was not placed: ${error?.code}`);
    const orderId = body.order.id;
    for (let number = 1; number <= waves; number += 1) await wave(orderId, number);
    await allTold();
    return { orderId, params: { id: orderId }, customerId, token, transporters, places };
  };

  /** Runs an operator's command. */
  const operate = async (event: object) => {
    const { handler } = await import('../../../functions/operate.ts');
    return handler(event, lambdaContext());
  };

  return {
    ...world,
    documented: documentedOrder,
    operate,
    search,
    geo,
    driver,
    vehicle,
    beat,
    transporter,
    allTold,
    wave,
    settle,
    ageAnswers,
  };
}
