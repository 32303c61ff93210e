/** The process that is measured: an environment of each function and its floor, and no engine beside them. */
import * as z from 'zod';
import type { Measured } from '../benchmark.ts';
import { warmAuth } from '../login/warm-auth.ts';
import { recorderOf } from '../place-order/recording.ts';
import { warmOrders } from '../place-order/warm-orders.ts';
import { quietLogs } from '../quiet-logs.ts';
import { sideBySide } from '../side-by-side.ts';
import { sendOtpSides } from './send-otp.ts';
import { statusSides } from './watched-orders.ts';

const Variables = z.record(z.string(), z.string());
const Task = z.object({ orders: Variables, auth: Variables });

const calls = 1000;

quietLogs();
process.once('message', (message) => {
  void measure(Task.parse(message)).then((rows) => process.send?.(rows, () => process.exit()));
});

async function measure({ orders, auth }: z.output<typeof Task>): Promise<Measured[]> {
  const warm = await warmOrders(orders, auth);
  const recorder = recorderOf(warm.bare);
  const sides = await statusSides(warm, recorder);
  const rows = [await sideBySide({ ...sides, calls, atMost: 1.8 })];
  const sending = await sendOtpSides(await warmAuth(auth), recorder);
  return [...rows, await sideBySide({ ...sending, calls, atMost: 2 })];
}
