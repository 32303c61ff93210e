/** `npm run bench [name…]`: runs the named benchmarks, or all of them. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { isWithin, type Benchmark } from './benchmark.ts';
import { city } from './city/city.ts';
import { coldStart } from './cold-start/cold-start.ts';
import { dispatch } from './dispatch/dispatch.ts';
import { dispatchQuality } from './dispatch-quality/dispatch-quality.ts';
import { expire } from './expire/expire.ts';
import { fanOut } from './fan-out/fan-out.ts';
import { health } from './health.ts';
import { heartbeat } from './heartbeat.ts';
import { hold } from './hold/hold.ts';
import { load } from './load.ts';
import { location } from './location/location.ts';
import { login } from './login/login.ts';
import { nearest } from './nearest.ts';
import { placeOrder } from './place-order/place-order.ts';
import { quietLogs } from './quiet-logs.ts';
import { tableOf, writeJson } from './report.ts';
import { status } from './status/status.ts';
import { storm } from './storm/storm.ts';

const benchmarks: readonly Benchmark[] = [
  city,
  coldStart,
  dispatch,
  dispatchQuality,
  expire,
  fanOut,
  health,
  heartbeat,
  hold,
  load,
  location,
  login,
  nearest,
  placeOrder,
  status,
  storm,
];
const results = join(import.meta.dirname, '../.weelo/bench');

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !benchmarks.some((each) => each.name === name));
if (unknown.length > 0) {
  const known = benchmarks.map(({ name, summary }) => `  ${name}: ${summary}`).join('\n');
  console.error(`There is no benchmark ${unknown.join(', ')}. There are:\n${known}`);
  process.exit(1);
}

const chosen = benchmarks.filter(({ name }) => asked.length === 0 || asked.includes(name));
const [only, ...more] = chosen;
if (only && more.length === 0) await run(only);
else for (const { name } of chosen) runApart(name);

// What was measured keeps warm connections, which would keep this process alive.
process.exit();

async function run(benchmark: Benchmark): Promise<void> {
  quietLogs();
  console.log(`\n${benchmark.name}: ${benchmark.summary}`);
  const rows = await benchmark.run((progress) => console.log(`  … ${progress}`));
  console.log(`\n${tableOf(benchmark, rows)}`);
  console.log(`\nWritten to ${await writeJson(results, benchmark, rows, new Date())}`);
  if (!rows.every(isWithin)) process.exitCode = 1;
}

/** In a process of its own: handlers leave variables and connections behind, which would disturb the next. */
function runApart(name: string): void {
  const { status } = spawnSync(process.execPath, [import.meta.filename, name], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
