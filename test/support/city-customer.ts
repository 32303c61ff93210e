import { vi } from 'vitest';
import type { Position } from '../../src/places/position.ts';

const patience = { timeout: 60_000, interval: 250 };

interface Told {
  readonly data?: unknown;
  readonly error?: { readonly code: string };
}

/** A customer who uses plain HTTP, as a newcomer does with curl. */
export interface CityCustomer {
  /** What is in `data` of the answer. */
  readonly get: <Data>(path: string) => Promise<Data>;
  /** Asks for a small truck; answers the order's id. */
  readonly order: (pickup: Position, drop: Position) => Promise<string>;
}

export async function cityCustomer(origin: string, phone: string): Promise<CityCustomer> {
  const call = async (method: string, path: string, body?: object, token?: string) => {
    const response = await fetch(`${origin}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        'x-idempotency-key': crypto.randomUUID(),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const { data, error } = (await response.json()) as Told;
    if (error) throw new Error(`${method} ${path}: ${error.code}`);
    return data;
  };
  const account = { phone, role: 'customer' };
  await call('POST', '/api/v1/auth/send-otp', account);
  const otp = await vi.waitFor(async () => {
    const answer = await fetch(`${origin}/_dev/messages?to=${phone}&limit=1`);
    const { messages } = (await answer.json()) as { messages: { body: string }[] };
    const [sms] = messages;
    if (!sms) throw new Error(`No SMS came to ${phone}`);
    return sms.body.slice(0, 6);
  }, patience);
  const login = await call('POST', '/api/v1/auth/verify-otp', { ...account, otp });
  const { accessToken } = (login as { tokens: { accessToken: string } }).tokens;
  return {
    get: async <Data>(path: string) => (await call('GET', path, undefined, accessToken)) as Data,
    order: async (pickup, drop) => {
      const truck = { vehicleType: 'mini', vehicleSubtype: 'Mini Truck - Tata Ace' };
      const body = {
        pickup: { ...pickup, address: 'A pickup' },
        drop: { ...drop, address: 'A drop' },
        distanceKm: 1,
        vehicleRequirements: [{ ...truck, quantity: 1, pricePerTruck: 1500 }],
      };
      const placed = await call('POST', '/api/v1/orders', body, accessToken);
      return (placed as { order: { id: string } }).order.id;
    },
  };
}
