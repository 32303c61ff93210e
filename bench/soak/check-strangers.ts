import type { Check } from './check.ts';
import { about, type Heard } from './heard.ts';
import type { Sql } from './sql.ts';

const masked = /^\d{2}xxxxxx\d{2}$/;

/** P12: who has heard what is not theirs. */
export async function checkStrangers(sql: Sql, heard: readonly Heard[]): Promise<readonly Check[]> {
  const theirs = await whoseOrders(sql);
  const assigned = await whoDrives(sql);
  const phones = heard.filter(({ role, data }) => role === 'transporter' && data?.customerPhone);
  return [
    {
      name: 'P12: a client hears of its own orders alone',
      checked: heard.length,
      of: 'events on clients',
      broken: strangers(heard, theirs),
    },
    {
      name: 'P12: phones are masked until a truck is assigned',
      checked: phones.length,
      of: "customers' phones on transporters' screens",
      broken: phones
        .filter((each) => !mayCall(each, assigned))
        .map((each) => `${about(each)} with a whole phone`),
    },
  ];
}

/** Who may hear of which order: its customer, and those to whom it was offered. */
async function whoseOrders(sql: Sql): Promise<ReadonlySet<string>> {
  const rows = await sql<{ pair: string }>(`
    SELECT customer_id || ' ' || id AS pair FROM weelo.orders
    UNION SELECT transporter_id || ' ' || order_id FROM weelo.offers`);
  return new Set(rows.map(({ pair }) => pair));
}

/** Since when a transporter has had trucks of an order on their way: from then on it may call the customer. */
async function whoDrives(sql: Sql): Promise<ReadonlyMap<string, number>> {
  const rows = await sql<{ pair: string; since: number }>(`
    SELECT transporter_id || ' ' || order_id AS pair, (extract(epoch FROM min(created_at)) * 1000)::float8 AS since
    FROM weelo.assignments GROUP BY transporter_id, order_id`);
  return new Map(rows.map(({ pair, since }) => [pair, since]));
}

function strangers(heard: readonly Heard[], theirs: ReadonlySet<string>): readonly string[] {
  return heard.flatMap((each) => {
    const { orderId } = each.data ?? {};
    return orderId === undefined || theirs.has(`${each.user} ${orderId}`) ? [] : [about(each)];
  });
}

function mayCall({ at, user, data }: Heard, assigned: ReadonlyMap<string, number>): boolean {
  if (masked.test(data?.customerPhone ?? '')) return true;
  return (assigned.get(`${user} ${data?.orderId}`) ?? Infinity) <= at;
}
