import { randomUUID } from 'node:crypto';
import { moments, type FaultyOrderWorld, type Moment } from '../worlds/faulty-order-world.ts';
import type { Door } from './door.ts';

/** Milliseconds: how long each engine is waited for, with the second try, and some time for a busy machine. */
export const patience = { redis: 1500, aws: 4000, postgres: 6000, machine: 1500 } as const;
/** After this time, Lambda would end the function without an answer. */
export const lambdaMs = 10_000;

/** Freezes the engines behind some doors from one moment on, until the end of the test. */
export function freezeAt(
  world: FaultyOrderWorld,
  moment: Moment,
  side: 'before' | 'after',
  doors: readonly Door[],
): void {
  const own = world.ways[moments[moment][0]].door;
  world.at(moment)[side](async () => {
    for (const door of doors) door.freeze();
    return doors.includes(own) ? 'lost' : 'passed';
  });
}

/** A new customer's try to place an order, and the orders that are there after it. */
export async function placedIn(world: FaultyOrderWorld, key = randomUUID()) {
  const customer = await world.customer();
  const first = await world.place(customer.token, key);
  return { customer, key, first, there: await world.ordersOf(customer.id) };
}
