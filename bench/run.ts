/** `npm run bench [name…]`: runs the named benchmarks, or all of them. */
import { join } from 'node:path';
import { isWithin, type Benchmark } from './benchmark.ts';
import { coldStart } from './cold-start/cold-start.ts';
import { health } from './health.ts';
import { load } from './load.ts';
import { tableOf, writeJson } from './report.ts';

const benchmarks: readonly Benchmark[] = [coldStart, health, load];
const results = join(import.meta.dirname, '../.weelo/bench');

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !benchmarks.some((each) => each.name === name));
if (unknown.length > 0) {
  const known = benchmarks.map(({ name, summary }) => `  ${name}: ${summary}`).join('\n');
  console.error(`There is no benchmark ${unknown.join(', ')}. There are:\n${known}`);
  process.exit(1);
}

for (const benchmark of benchmarks) {
  if (asked.length > 0 && !asked.includes(benchmark.name)) continue;
  console.log(`\n${benchmark.name}: ${benchmark.summary}`);
  const rows = await benchmark.run((progress) => console.log(`  … ${progress}`));
  console.log(`\n${tableOf(benchmark, rows)}`);
  console.log(`\nWritten to ${await writeJson(results, benchmark, rows, new Date())}`);
  if (!rows.every(isWithin)) process.exitCode = 1;
}

// What was measured keeps warm connections, which would keep this process alive.
process.exit();
