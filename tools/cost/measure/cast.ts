import { Client } from '@weelo/data';
import { randomUUID } from 'node:crypto';
import type { WeeloCloud } from '../../../bench/weelo-cloud.ts';
import { connectSocketIo, type SocketIoClient } from '../../../test/support/socket-io-client.ts';
import {
  northOf,
  streetIn,
  tataAce,
  type Person,
  type Transporter,
} from '../../../test/support/worlds/street.ts';

export const pickup = { latitude: 26.9, longitude: 75.8 };
/** Forty minutes away, for a truck in a town. */
export const drop = northOf(pickup, 20);

interface Online extends Transporter {
  readonly socket: SocketIoClient;
}

/** Who takes part: a customer, and ten captains around the pickup, each with a truck, a driver and an open app. */
export interface Cast {
  readonly api: ReturnType<typeof streetIn>['api'];
  readonly customer: Person;
  readonly captains: readonly Online[];
  /** A login code that was sent to a phone. */
  readonly codeSentTo: (phone: string) => string;
  /** All are online, as long as a part may take. */
  readonly wakeUp: () => Promise<void>;
  readonly connect: (person: Person) => Promise<SocketIoClient>;
}

const TAKERS = 2;
const CAPTAINS = 10;

export async function castIn(cloud: WeeloCloud): Promise<Cast> {
  const { api, customer, transporter, beat } = streetIn(cloud);
  const captains: Online[] = [];
  for (let i = 0; i < CAPTAINS; i += 1) {
    const position = northOf(pickup, 0.5 + i * 0.2);
    const captain = await transporter({
      position,
      kinds: [tataAce],
      drivers: i < TAKERS ? 1 : 0,
    });
    for (const { id, token } of [captain, ...captain.drivers]) await registerPhone(id, token);
    captains.push({ ...captain, socket: await connectSocketIo(cloud.origin, captain.token) });
  }
  function registerPhone(id: string, token: string) {
    const phone = { token: `fcm:${id}`, deviceType: 'android', deviceId: id } as const;
    return api.registerDeviceToken({ token, body: phone });
  }
  return {
    api,
    customer: await customer('Asha Rao'),
    captains,
    codeSentTo: (phone) => (cloud.smsTo(phone) ?? '').slice(0, 6),
    wakeUp: async () => {
      // One after the other: ten at once would start environments, and be measured waiting for each other.
      for (const each of captains) await beat(each, each.position);
    },
    connect: ({ token }) => connectSocketIo(cloud.origin, token),
  };
}

/** The two trucks of an order, each with who holds it and who drives it. */
export function takersOf({ captains }: Cast) {
  return captains.slice(0, TAKERS).map((owner) => {
    const [vehicle] = owner.vehicles;
    const [driver] = owner.drivers;
    if (!vehicle || !driver) throw new Error('A captain without a truck or a driver');
    return { owner, vehicle, driver };
  });
}

export const twoTrucks = { ...tataAce, quantity: TAKERS, pricePerTruck: 5000 };
export const oneTruck = { ...tataAce, quantity: 1 };
export const newKey = () => randomUUID();

/** As if half an hour had passed since the drivers of an order accepted it. */
export async function halfAnHourLater(cloud: WeeloCloud, orderId: string): Promise<void> {
  const { host, port, username: user, password } = cloud.engines.postgres ?? {};
  const name = cloud.processOf('auth').variables['DATABASE_NAME'];
  const client = new Client({ host, port, user, password, database: name });
  await client.connect();
  const earlier = (column: string) => `${column} = ${column} - interval '30 minutes'`;
  const columns = ['created_at', 'accepted_at', 'moved_at', 'pickup_arrived_at'];
  await client.query(
    `UPDATE weelo.assignments SET ${columns.map(earlier).join(', ')} WHERE order_id = $1`,
    [orderId],
  );
  await client.query(
    `UPDATE weelo.trip_moves SET ${earlier('at')}
     WHERE trip_id IN (SELECT id FROM weelo.assignments WHERE order_id = $1)`,
    [orderId],
  );
  await client.end();
}
