import { expect, vi } from 'vitest';
import type { WeeloCloud } from '../../../bench/weelo-cloud.ts';
import { routes } from '../../../src/contract/http/routes.ts';
import type { Position } from '../../../src/places/position.ts';
import { clientOf } from '../client.ts';
import { overTheWire } from '../over-the-wire.ts';

/** Kinds of trucks, as an order and a vehicle name them. */
export const tataAce = { vehicleType: 'mini', vehicleSubtype: 'Mini Truck - Tata Ace' } as const;
export const open17 = { vehicleType: 'open', vehicleSubtype: '17 Feet' } as const;
export const tipper = { vehicleType: 'tipper', vehicleSubtype: '25 Ton' } as const;

export interface TruckKind {
  readonly vehicleType: string;
  readonly vehicleSubtype: string;
}

export interface Person {
  readonly id: string;
  readonly phone: string;
  readonly token: string;
}

export interface Vehicle extends TruckKind {
  readonly id: string;
}

export interface Transporter extends Person {
  readonly vehicles: readonly Vehicle[];
  readonly drivers: readonly Person[];
  readonly position: Position;
}

interface NewTransporter {
  readonly position: Position;
  /** A truck of each of these kinds. Default: one Tata Ace. */
  readonly kinds?: readonly TruckKind[];
  /** How many drivers, who take trips. Default: none. */
  readonly drivers?: number;
}

/** One degree of latitude, in kilometres. */
const degreeKm = 111.195;
const patience = { timeout: 20_000, interval: 20 };

export const northOf = ({ latitude, longitude }: Position, km: number): Position => ({
  latitude: latitude + km / degreeKm,
  longitude,
});

export type Street = ReturnType<typeof streetIn>;

/** People for a running cloud. They do everything through the public API, as the apps do. */
export function streetIn(cloud: WeeloCloud) {
  const api = clientOf(routes, overTheWire(cloud.origin));
  let people = 0;
  const newPhone = () => String(9_300_000_000 + (people += 1));
  let plates = 0;

  /** The code of the newest SMS to a phone, as soon as it has these words in it. */
  const codeSentTo = (phone: string, words: string) =>
    vi.waitFor(() => {
      const sms = cloud.smsTo(phone) ?? '';
      return sms.includes(words)
        ? sms.slice(0, 6)
        : expect.fail(`${phone} has no SMS about ${words}`);
    }, patience);

  async function loggedIn(role: 'customer' | 'transporter'): Promise<Person> {
    const phone = newPhone();
    await api.sendLoginCode({ body: { phone, role } });
    const otp = await codeSentTo(phone, 'your Weelo login code');
    const { body, error } = await api.verifyLoginCode({ body: { phone, otp, role } });
    if (!body) throw new Error(`Not logged in: ${error?.code}`);
    return { id: body.user.id, phone, token: body.tokens.accessToken };
  }

  async function customer(name?: string): Promise<Person> {
    const person = await loggedIn('customer');
    if (name !== undefined) {
      await api.updateCustomerProfile({ token: person.token, body: { name } });
    }
    return person;
  }

  async function vehicle(token: string, kind: TruckKind): Promise<Vehicle> {
    const vehicleNumber = `KA 01 AB ${String((plates += 1)).padStart(4, '0')}`;
    const { body, error } = await api.upsertVehicle({ token, body: { ...kind, vehicleNumber } });
    return { ...kind, id: body?.vehicle.id ?? expect.fail(`No vehicle: ${error?.code}`) };
  }

  /** Onboarded with the code from the own phone; logged in with the one that goes to the transporter's. */
  async function driver({ token, phone: ownersPhone }: Person): Promise<Person> {
    const driverPhone = newPhone();
    await api.beginOnboarding({ token, body: { phone: driverPhone, name: 'Ramesh Kumar' } });
    const code = await codeSentTo(driverPhone, 'to drive for');
    await api.finishOnboarding({ token, body: { phone: driverPhone, otp: code } });
    await api.sendDriverLoginCode({ body: { driverPhone } });
    const otp = await codeSentTo(ownersPhone, driverPhone.slice(-4));
    const { body, error } = await api.verifyDriverLoginCode({ body: { driverPhone, otp } });
    if (!body) throw new Error(`The driver is not logged in: ${error?.code}`);
    await api.setDriverAvailability({ token: body.accessToken, body: { isOnline: true } });
    return { id: body.driver.id, phone: driverPhone, token: body.accessToken };
  }

  /** Says where a transporter is. A heartbeat that comes too early is refused, and does no harm. */
  async function beat({ token }: Pick<Person, 'token'>, { latitude, longitude }: Position) {
    return api.beat({ token, body: { latitude, longitude } });
  }

  /** A transporter who is online. */
  async function transporter({
    position,
    kinds = [tataAce],
    drivers: wanted = 0,
  }: NewTransporter): Promise<Transporter> {
    const person = await loggedIn('transporter');
    const { token } = person;
    const vehicles = await Promise.all(kinds.map((kind) => vehicle(token, kind)));
    const drivers: Person[] = [];
    // One after the other: the transporter's phone shows the newest code.
    for (let i = 0; i < wanted; i += 1) drivers.push(await driver(person));
    await api.setTransporterAvailability({ token, body: { isAvailable: true } });
    const { body, error } = await beat(person, position);
    if (!body?.registered) throw new Error(`Nobody finds the transporter: ${error?.code}`);
    return { ...person, vehicles, drivers, position };
  }

  return { api, customer, transporter, beat };
}
