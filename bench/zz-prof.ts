import { startPostgres } from '../local/engines/postgres.ts';
import { createDatabase, migrate, asMaster, SERVICE } from '../test/support/database-server.ts';
import { plantOverdue, inOneStatement } from './expire/overdue-orders.ts';
import { openPostgres } from '../src/platform/postgres.ts';
import { lockOverdueOrders } from '../src/orders/order-store.ts';
import { expiryOf } from '../src/orders/expire-orders.ts';
import { writeTransitions } from '../src/orders/transition-store.ts';
import { timeOrderedIds as ids } from '../src/platform/ids.ts';
const clock = { now: () => new Date() };
const pg = await startPostgres();
const facts = { host: pg.host, port: pg.port, username: pg.username, password: pg.password };
await createDatabase(facts, 'a', 'template0');
await migrate(facts, 'a');
await asMaster(facts, 'a', plantOverdue);
await createDatabase(facts, 'b', 'a');
console.log('bare', await asMaster(facts, 'b', inOneStatement));
const postgres = openPostgres({
  host: pg.host,
  port: pg.port,
  database: 'a',
  tls: 'off',
  credentials: async () => SERVICE,
  onError: console.log,
});
const t: Record<string, number> = {};
const timed = async (n: string, w: any) => {
  const s = performance.now();
  const r = await w();
  t[n] = (t[n] ?? 0) + performance.now() - s;
  return r;
};
const begin = performance.now();
let all = 0;
for (;;) {
  let n = 0;
  const s0 = performance.now();
  let s1 = 0,
    s2 = 0;
  await postgres.transaction(async (db) => {
    s1 = performance.now();
    const wrapped = new Proxy(db, {
      get: (o: any, name) =>
        name === '$queryRaw'
          ? (...a: any[]) =>
              timed(a[0].text ? 'lock' : 'whole', () => o.$queryRaw(...a))
          : o[name],
    });
    const orders = await lockOverdueOrders(wrapped, { most: 100 });
    n = orders.length;
    const x = performance.now();
    const tr = orders.map((o) => expiryOf(o, { ids, clock }));
    t.decide = (t.decide ?? 0) + performance.now() - x;
    if (n) await timed('write', () => writeTransitions(db, tr));
    s2 = performance.now();
  });
  t.begin = (t.begin ?? 0) + s1 - s0;
  t.commit = (t.commit ?? 0) + performance.now() - s2;
  all += n;
  if (n < 100) break;
  if (all % 20000 === 0) console.log(all, performance.now() - begin, JSON.stringify(t));
}
console.log('ours', performance.now() - begin, JSON.stringify(t));
await postgres.close();
await pg.stop();
process.exit();
