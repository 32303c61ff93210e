import { describe, expect, test } from 'vitest';
import { checkHeard } from '../../bench/soak/check-heard.ts';
import type { Heard } from '../../bench/soak/heard.ts';
import { LogReader } from '../../bench/soak/log-reader.ts';

const now = Date.now();
const offer: Heard = {
  at: now - 100_000,
  role: 'transporter',
  user: 'one',
  event: 'new_broadcast',
  id: 'event-1',
  data: {
    orderId: 'order',
    eventVersion: 1,
    customerPhone: '98xxxxxx10',
    expiresAt: new Date(now - 90_000).toISOString(),
  },
};
const end: Heard = {
  ...offer,
  event: 'order_expired',
  id: 'event-2',
  data: { orderId: 'order', eventVersion: 2 },
};

/** What contradicts the promises, by their names, where the database has one order at version 2 that was offered to one. */
async function broken(heard: readonly Heard[]) {
  const sql = async <Row>(text: string) => {
    const rows = text.includes('event_version')
      ? [{ id: 'order', version: 2, closedAt: now - 90_000 }]
      : [{ pair: 'one order' }];
    return rows as Row[];
  };
  const checks = await checkHeard(sql, heard);
  return checks.filter((check) => check.broken.length > 0).map(({ name }) => name);
}

describe('what clients have heard', () => {
  test('breaks nothing where each is told once, masked, in time, and to the end', async () => {
    expect(await broken([offer, end])).toEqual([]);
    const resumed: Heard = { ...offer, event: 'resumed', id: undefined, data: {} };
    expect(await broken([offer, resumed])).toEqual([]);
  });

  test('an offer that comes after its end is dropped, as clients do', async () => {
    expect(await broken([end, offer])).toEqual([]);
  });

  test.each<[string, readonly Heard[]]>([
    ['P6: no offer is shown past its deadline', [{ ...offer, at: now }, end]],
    ['P8: each event is told to a client once', [offer, offer, end]],
    [
      'P8: no client is told what was never committed',
      [offer, { ...end, data: { orderId: 'order', eventVersion: 3 } }],
    ],
    ['P9 and P10: whoever lost an order knows it', [offer]],
    [
      'P12: phones are masked until a truck is assigned',
      [{ ...offer, data: { ...offer.data, customerPhone: '9876543210' } }, end],
    ],
    ['P12: a client hears of its own orders alone', [{ ...end, user: 'a stranger' }]],
  ])('%s: is found broken', async (name, heard) => {
    expect(await broken(heard)).toEqual([name]);
  });
});

test('errors without a known reason are told, and fail', () => {
  const said: string[] = [];
  const log = new LogReader();
  log.read('not JSON');
  log.read(JSON.stringify({ level: 'INFO', message: 'fine' }));
  log.read(
    JSON.stringify({ level: 'WARN', service: 'notify', message: 'SMS sent, but not noted' }),
  );
  expect(log.report((line) => said.push(line))).toBe(true);
  log.read(JSON.stringify({ level: 'ERROR', service: 'orders', message: 'Something new' }));
  expect(log.report((line) => said.push(line))).toBe(false);
  expect(said.join('\n')).toContain('1 × ERROR orders: Something new: NOT EXPLAINED');
});
