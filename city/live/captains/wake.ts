import * as z from 'zod';
import { kindByKey } from '../../../src/catalogue/vehicle-kind.ts';
import type { Captain, Vehicle } from '../../world/fleets.ts';
import { logIn, logInDriver, type Account, type Town } from '../api/account.ts';
import { Refusal } from '../api/api.ts';
import { nameOf, phoneOf, plateOf, type Whose } from '../people.ts';
import { Truck } from './truck.ts';

const RegisteredVehicle = z.object({ vehicle: z.object({ id: z.string() }) });
const Registered = z.object({
  vehicles: z.array(z.object({ id: z.string(), vehicleNumber: z.string() })),
});
const InFleet = z.object({ drivers: z.array(z.object({ phone: z.string() })) });

/** Who wakes, where. */
export interface Waking extends Whose {
  readonly town: Town;
  readonly cityName: string;
}

/** A captain with an account, a fleet, and drivers who take trips. What an earlier start made is found again. */
export async function wakeCaptain(
  captain: Captain,
  vehicles: readonly Vehicle[],
  waking: Waking,
): Promise<{
  readonly account: Account;
  readonly name: string;
  readonly trucks: readonly Truck[];
}> {
  const phone = phoneOf(waking, 'transporter', captain.index);
  const name = nameOf(waking, 'transporter', captain.index);
  const account = await logIn(waking.town, 'transporter', phone);
  const [registered, inFleet] = await Promise.all([
    account.ask({ method: 'GET', path: '/api/v1/vehicles/list' }, Registered),
    account.ask({ method: 'GET', path: '/api/v1/driver/list' }, InFleet),
  ]);
  if (registered.vehicles.length === 0) {
    const body = { name, city: waking.cityName };
    await account.tell({ method: 'PUT', path: '/api/v1/profile/transporter', body });
  }
  const ids = new Map(registered.vehicles.map((each) => [each.vehicleNumber, each.id]));
  const drivers = new Set(inFleet.drivers.map((driver) => driver.phone));
  const trucks = vehicles.map(async (vehicle) => {
    const number = plateOf(waking, vehicle.index);
    const { kind, id } = await vehicleOf(account, vehicle, number, ids.get(number));
    const driver = await driverOf(account, phone, vehicle.index, drivers, waking);
    return new Truck({ vehicle, id, number, kind, driver }, vehicle.startsAt);
  });
  return { account, name, trucks: await Promise.all(trucks) };
}

async function vehicleOf(owner: Account, vehicle: Vehicle, number: string, known?: string) {
  const kind = kindByKey(vehicle.kind);
  if (!kind) throw new Error(`The catalogue has no ${vehicle.kind}`);
  if (known !== undefined) return { kind, id: known };
  const body = {
    vehicleNumber: number,
    vehicleType: kind.type.id,
    vehicleSubtype: kind.captainName,
  };
  const asked = { method: 'PUT', path: '/api/v1/vehicles/upsert', body } as const;
  const made = await owner.ask(asked, RegisteredVehicle);
  return { kind, id: made.vehicle.id };
}

async function driverOf(
  owner: Account,
  ownersPhone: string,
  index: number,
  known: ReadonlySet<string>,
  waking: Waking,
) {
  const phone = phoneOf(waking, 'driver', index);
  const name = nameOf(waking, 'driver', index);
  if (!known.has(phone)) await onboard(owner, phone, name, waking.town);
  const account = await logInDriver(waking.town, phone, ownersPhone);
  const body = { isOnline: true };
  await account.tell({ method: 'PUT', path: '/api/v1/driver/availability', body });
  return { account, name };
}

async function onboard(owner: Account, phone: string, name: string, town: Town): Promise<void> {
  const since = new Date();
  const path = '/api/v1/driver/onboard';
  await owner.tell({ method: 'POST', path: `${path}/initiate`, body: { phone, name } });
  const otp = await town.mailbox.code(phone, 'to drive for', since);
  await owner.tell({ method: 'POST', path: `${path}/verify`, body: { phone, otp } });
}

/** Goes online. Whoever was told to wait between two changes is online already. */
export async function goOnline(account: Account): Promise<void> {
  const body = { isAvailable: true };
  try {
    await account.tell({ method: 'PUT', path: '/api/v1/transporter/availability', body });
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'TOGGLE_RATE_LIMITED') throw error;
  }
}
