/** The process that is measured: environments of the orders function and their floor, and no engine beside them. */
import * as z from 'zod';
import type { Measured } from '../benchmark.ts';
import { there } from '../login/warm-auth.ts';
import { askAll, recorderOf } from '../place-order/recording.ts';
import { quietLogs } from '../quiet-logs.ts';
import { sideBySide } from '../side-by-side.ts';
import { contenders, contest } from './contest.ts';
import { offeredOrders, offersOfAWave, type OfferedOrder } from './offered-orders.ts';
import { questionsOf } from './questions.ts';
import { warmHolds, type WarmHolds } from './warm-holds.ts';

const Variables = z.record(z.string(), z.string());
const Task = z.object({ variables: Variables, auth: Variables, calls: z.int() });

quietLogs();
process.once('message', (message) => {
  void measure(Task.parse(message)).then((rows) => process.send?.(rows, () => process.exit()));
});

async function measure({ variables, auth, calls }: z.output<typeof Task>): Promise<Measured[]> {
  const warm = await warmHolds(variables, auth);
  const { pool } = warm.bare;
  return [
    await alone(warm, await offeredOrders(pool, offersOfAWave), calls),
    ...(await contest(warm, await offeredOrders(pool, contenders))),
  ];
}

/** Both sides hold the truck of another order each time: by our code, and by clients that do nothing else. */
async function alone(warm: WarmHolds, orders: readonly OfferedOrder[], calls: number) {
  const hold = await warm.newEnvironment();
  const recorder = recorderOf(warm.bare);
  const left = orders.values();
  const row = await sideBySide({
    what: 'POST truck-hold/hold of the last truck, which ten were offered',
    prepare: async () => {
      const { id, transporterIds } = there(left.next().value);
      const asked = await warm.holdOf(id, there(transporterIds[0]));
      return { asked, questions: await questionsOf(warm, asked, recorder) };
    },
    ours: async ({ asked }) => {
      const how = await hold(asked);
      if (how !== 'HELD') throw new Error(`Refused: ${how}`);
    },
    floor: ({ questions }) => askAll(questions),
    calls,
    atMost: 1.6,
  });
  await expectAllHeld(warm, orders.length - [...left].length);
  return row;
}

/** A floor that holds nothing would be no floor. */
async function expectAllHeld({ bare: { pool } }: WarmHolds, orders: number): Promise<void> {
  const { rowCount } = await pool.query(`SELECT FROM weelo.truck_requests WHERE status = 'held'`);
  if (rowCount !== orders) throw new Error(`Of ${orders} trucks ${rowCount} were held`);
}
