import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { isWithin, type Benchmark, type Measured } from './benchmark.ts';

/** The rows as a person reads them: ratios first, for milliseconds differ from machine to machine. */
export function tableOf({ against }: Benchmark, rows: readonly Measured[]): string {
  const head = ['', 'ratio', 'at most', 'median', against, 'CPU per call'];
  const cells = rows.map((row) => [
    row.what,
    row.ratio.toFixed(2),
    row.atMost === undefined ? '' : `${row.atMost.toFixed(1)}${isWithin(row) ? '' : '  OVER'}`,
    quantity(row.took, row.unit),
    quantity(row.limit, row.unit),
    row.cpu === undefined ? '' : quantity(row.cpu),
  ]);
  const widths = head.map((_, i) => Math.max(...[head, ...cells].map((r) => r[i]?.length ?? 0)));
  return [head, ...cells]
    .map((row) => row.map((cell, i) => align(cell, widths[i] ?? 0, i === 0)).join('  '))
    .join('\n');
}

/** For whoever compares runs: everything, and what it ran on. */
export async function writeJson(
  folder: string,
  benchmark: Benchmark,
  rows: readonly Measured[],
  at: Date,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${benchmark.name}.json`);
  const { name, summary, against } = benchmark;
  const machine = { node: process.version, cores: cpus().length, cpu: cpus()[0]?.model };
  const text = JSON.stringify({ name, summary, against, at, machine, rows }, null, 2);
  await writeFile(path, `${text}\n`);
  return path;
}

function align(cell: string, width: number, left: boolean): string {
  return left ? cell.padEnd(width) : cell.padStart(width);
}

function quantity(value: number, unit = 'ms'): string {
  return `${value.toFixed(value < 10 ? 2 : 0)} ${unit}`.trimEnd();
}
