import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import { routes } from '../../../src/contract/http/routes.ts';
import { clientOf } from '../client.ts';
import { overTheWire } from '../over-the-wire.ts';
import { connectSocket, type Heard } from '../socket-client.ts';
import { documentedOrder } from '../worlds/order-world.ts';

export interface Traffic {
  /** Orders that were placed by now, and when each was asked for, by `performance.now()`. */
  readonly orders: readonly Placed[];
  /** Every request that was not answered as it should be. */
  readonly failures: readonly string[];
  /** How many requests were answered. */
  readonly answered: () => number;
  /** What each user with a socket was told, by the user's id. */
  readonly heard: ReadonlyMap<string, readonly Heard[]>;
  readonly stop: () => Promise<void>;
}

interface Placed {
  readonly id: string;
  readonly askedAt: number;
}

export interface TrafficProps {
  readonly origin: string;
  /** The newest SMS to a phone. */
  readonly smsTo: (phone: string) => string | undefined;
  /** How many customers there are at a time. */
  readonly customers: number;
}

/** How long a customer thinks before it orders again. */
const THINKS_MS = 150;

/** Customers who log in, search, order, look and cancel, over and over, each with a socket that stays open. */
export async function startTraffic(props: TrafficProps): Promise<Traffic> {
  const seen = { orders: [] as Placed[], failures: [] as string[], answered: 0 };
  const heard = new Map<string, readonly Heard[]>();
  const phones = Array.from({ length: props.customers }, (_, i) => String(9_811_000_000 + i));
  const customers = await Promise.all(phones.map((phone) => customerOf(phone, props, seen, heard)));
  const ending = new AbortController();
  const running = customers.map(async ({ act }) => {
    while (!ending.signal.aborted) {
      await act();
      // A release needs the processor, too: what is waited for here is its end.
      await pause(THINKS_MS);
    }
  });
  return {
    ...seen,
    answered: () => seen.answered,
    heard,
    stop: async () => {
      ending.abort();
      await Promise.all(running);
    },
  };
}

interface Seen {
  readonly orders: Placed[];
  readonly failures: string[];
  answered: number;
}

async function customerOf(
  phone: string,
  { origin, smsTo }: TrafficProps,
  seen: Seen,
  heard: Map<string, readonly Heard[]>,
) {
  const client = clientOf(routes, overTheWire(origin));
  /** Notes what went wrong instead of throwing: the next request must be asked all the same. */
  const ask = async <T extends { readonly status: number; readonly error?: unknown }>(
    what: string,
    asking: Promise<T>,
  ): Promise<T | undefined> => {
    const answer = await asking.catch(
      (error: unknown) => void seen.failures.push(`${what}: ${String(error)}`),
    );
    if (!answer) return undefined;
    if (answer.error === undefined) seen.answered += 1;
    else seen.failures.push(`${what}: ${JSON.stringify(answer.error)}`);
    return answer;
  };
  const logIn = async () => {
    const before = smsTo(phone);
    await ask('sendLoginCode', client.sendLoginCode({ body: { phone, role: 'customer' } }));
    const sms = () => {
      const newest = smsTo(phone);
      return newest === undefined || newest === before ? expect.fail(`No SMS to ${phone}`) : newest;
    };
    const otp = /^\d{6}/.exec(await vi.waitFor(sms, { timeout: 20_000, interval: 20 }))?.[0] ?? '';
    const body = { phone, otp, role: 'customer' } as const;
    const answer = await ask('verifyLoginCode', client.verifyLoginCode({ body }));
    return answer?.body?.tokens.accessToken ?? expect.fail(`${phone} could not log in`);
  };
  const token = await logIn();
  const profile = await client.getProfile({ token });
  const { heard: told } = await connectSocket(origin, token);
  heard.set(profile.body?.profile.id ?? expect.fail('Nobody is logged in'), told);

  let toCancel: string | undefined;
  /** A customer has one order at a time: one that could not be cancelled is cancelled before the next. */
  const cancel = async () => {
    if (toCancel === undefined) return;
    const params = { id: toCancel };
    const answer = await ask('cancelOrder', client.cancelOrder({ token, params, body: {} }));
    if (answer?.status === 200) toCancel = undefined;
  };
  const act = async () => {
    await cancel();
    if (toCancel !== undefined) return;
    await ask('listVehicleTypes', client.listVehicleTypes({ token }));
    const askedAt = performance.now();
    const order = { token, idempotencyKey: randomUUID(), body: documentedOrder };
    const placed = await ask('placeOrder', client.placeOrder(order));
    const id = placed?.body?.order.id;
    if (id === undefined) return;
    seen.orders.push({ id, askedAt });
    toCancel = id;
    await ask('getOrder', client.getOrder({ token, params: { id } }));
    await ask('searchTrucks', client.searchTrucks({ token, query: searched }));
    await cancel();
    await ask('getProfile', client.getProfile({ token }));
  };
  return { act };
}

const { pickup, drop } = documentedOrder;
const searched = {
  pickupLat: pickup.latitude,
  pickupLng: pickup.longitude,
  dropLat: drop.latitude,
  dropLng: drop.longitude,
};
