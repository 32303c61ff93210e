import { expect, vi } from 'vitest';
import type * as z from 'zod';
import type { Heard } from '../socket-client.ts';

type Shapes = Readonly<Record<string, z.ZodObject>>;
type Data = Readonly<Record<string, unknown>>;
/** A client that remembers what it was told, whatever its framing is. */
interface Listener {
  readonly heard: readonly Heard[];
}

const patience = { timeout: 20_000, interval: 20 };

export const namesOf = ({ heard }: Listener, name: string): readonly Data[] =>
  heard.flatMap(({ event, data }) => (event === name && data ? [data] : []));

/** Waits for an event with these fields. */
export function hears(socket: Listener, event: string, fields: Data): Promise<Data> {
  const isMeant = (data: Data) =>
    Object.entries(fields).every(([key, value]) => data[key] === value);
  return vi.waitFor(() => {
    const told = namesOf(socket, event);
    return (
      told.find(isMeant) ??
      expect.fail(`No ${event} ${JSON.stringify(fields)}: ${JSON.stringify(told)}`)
    );
  }, patience);
}

/** What makes two events the same news. */
const newsIn = ({ event, data = {} }: Heard) =>
  [
    'orderId',
    'eventVersion',
    'tripId',
    'status',
    'holdId',
    'vehicleType',
    'timestamp',
    'driverId',
    'totalRatings',
  ]
    .map((field) => String(data[field]))
    .join(' ')
    .concat(` ${event}`);

/** All events were heard once, and the app can read each of them that it listens to. */
export function expectHeardOnce({ heard }: Listener, shapes: Shapes): void {
  const told = heard.filter(({ ref, id }) => ref === undefined && id !== undefined);
  const ids = told.map(({ id }) => id);
  expect(new Set(ids).size, 'every event has an id of its own').toBe(ids.length);
  const news = told.map(newsIn);
  expect(
    news.filter((each, i) => news.indexOf(each) !== i),
    'heard twice',
  ).toEqual([]);
  for (const { event, data } of told) {
    const read = shapes[event]?.safeParse(data);
    if (read && !read.success)
      expect.fail(`${event}: ${read.error.message}\n${JSON.stringify(data)}`);
  }
}
