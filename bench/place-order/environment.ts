/** The process that is measured: an environment of the orders function and its floor, and no engine beside them. */
import * as z from 'zod';
import type { Measured } from '../benchmark.ts';
import { quietLogs } from '../quiet-logs.ts';
import { sideBySide } from '../side-by-side.ts';
import { atOnce } from './at-once.ts';
import { firstOrder, oneTruck, twentyTrucks } from './first-order.ts';
import { openPlaceOrderSides } from './sides.ts';
import { warmOrders, type WarmOrders } from './warm-orders.ts';

const Variables = z.record(z.string(), z.string());

/** `full`: where a million orders are stored. */
const Task = z.object({ variables: Variables, full: Variables, auth: Variables });

const calls = 300;

quietLogs();
process.once('message', (message) => {
  void measure(Task.parse(message)).then((rows) => process.send?.(rows, () => process.exit()));
});

async function measure({ variables, full, auth }: z.output<typeof Task>): Promise<Measured[]> {
  const { orders, ...sides } = await openPlaceOrderSides(variables, auth);
  const what = 'POST orders, one truck';
  return [
    await sideBySide({ what, ...sides, calls, atMost: 1.6 }),
    // Of the floor's throughput at least 0.6.
    await atOnce({ what: `${what}, time per order with 8 under way`, ...sides, atMost: 1 / 0.6 }),
    await sideBySide({
      what: '20 trucks, against one truck',
      prepare: async () => ({
        twenty: await firstOrder(orders, twentyTrucks),
        one: await firstOrder(orders, oneTruck),
      }),
      ours: ({ twenty }) => orders.place(twenty.event),
      floor: ({ one }) => orders.place(one.event),
      calls,
      atMost: 1.3,
    }),
    await besideMany(orders, await warmOrders(full, auth)),
  ];
}

function besideMany(few: WarmOrders, many: WarmOrders): Promise<Measured> {
  return sideBySide({
    what: 'one truck with 1,000,000 orders stored, against an empty table',
    prepare: async () => ({
      toMany: await firstOrder(many, oneTruck),
      toFew: await firstOrder(few, oneTruck),
    }),
    ours: ({ toMany }) => many.place(toMany.event),
    floor: ({ toFew }) => few.place(toFew.event),
    calls,
    atMost: 1.2,
  });
}
