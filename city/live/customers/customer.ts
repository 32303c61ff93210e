import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { kindByKey } from '../../../src/catalogue/vehicle-kind.ts';
import type { PlannedOrder } from '../../world/orders.ts';
import { roadKm } from '../../world/roads.ts';
import type { Account } from '../api/account.ts';
import { Refusal } from '../api/api.ts';

const Prices = z.object({
  vehicles: z.array(z.object({ vehicleKey: z.string(), pricePerTruck: z.number() })),
});
type Prices = z.output<typeof Prices>['vehicles'];
const Placed = z.object({ order: z.object({ id: z.string() }) });
const Detail = z.object({
  order: z.object({ status: z.string() }),
  requests: z.array(z.object({ status: z.string() })),
});
const State = z.object({ isActive: z.boolean() });

/** An app asks so often how an order stands that it shows. */
const watchMs = 15_000;
/** A customer looks at an order so long at most. */
const longestMs = 3_600_000;

const path = '/api/v1/orders';

/** Places an order, waits for trucks as long as patience lasts, and watches until it is over. */
export async function orderAndWatch(account: Account, planned: PlannedOrder): Promise<void> {
  const id = await place(account, planned);
  const begun = Date.now();
  void giveUpWaiting(account, id, planned.patienceSeconds).catch(() => undefined);
  while (Date.now() - begun < longestMs) {
    await sleep(watchMs);
    const asked = { method: 'GET', path: `${path}/${id}/status` } as const;
    const { isActive } = await account.ask(asked, State);
    if (!isActive) return;
  }
}

async function place(account: Account, planned: PlannedOrder): Promise<string> {
  const { pickup, drop } = planned;
  const query = `pickupLat=${pickup.latitude}&pickupLng=${pickup.longitude}&dropLat=${drop.latitude}&dropLng=${drop.longitude}`;
  const search = { method: 'GET', path: `/api/v1/search?${query}` } as const;
  const { vehicles } = await account.ask(search, Prices);
  const send = async (price: number) => {
    const body = bodyOf(planned, vehicles, price);
    const asked = { method: 'POST', path, body, key: randomUUID() } as const;
    return (await account.ask(asked, Placed)).order.id;
  };
  try {
    return await send(planned.price);
  } catch (error) {
    // Less than the least for a truck of this type.
    if (error instanceof Refusal && error.code === 'PRICE_TOO_LOW') return send(1);
    throw error;
  }
}

function bodyOf({ pickup, drop, trucks }: PlannedOrder, prices: Prices, price: number): object {
  const wanted = [...new Set(trucks.map(({ kind }) => kind))].map((key) => {
    const kind = kindByKey(key);
    const quoted = prices.find(({ vehicleKey }) => vehicleKey === key);
    if (!kind || !quoted) throw new Error(`The catalogue has no ${key}`);
    return {
      vehicleType: kind.type.id,
      vehicleSubtype: kind.name,
      quantity: trucks.filter((truck) => truck.kind === key).length,
      pricePerTruck: Math.round(quoted.pricePerTruck * price),
    };
  });
  return {
    pickup: { ...pickup, address: 'A pickup in the city' },
    drop: { ...drop, address: 'A drop in the city' },
    distanceKm: Math.max(1, Math.round(roadKm(pickup, drop))),
    vehicleRequirements: wanted,
  };
}

/** Cancels an order of which no truck is held or assigned. */
async function giveUpWaiting(account: Account, id: string, patienceSeconds: number): Promise<void> {
  await sleep(patienceSeconds * 1000);
  const { order, requests } = await account.ask({ method: 'GET', path: `${path}/${id}` }, Detail);
  if (order.status !== 'broadcasting') return;
  if (requests.some(({ status }) => status !== 'searching')) return;
  const body = { reason: 'It takes too long' };
  await account.tell({ method: 'POST', path: `${path}/${id}/cancel`, body });
}
