import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Costing } from './bill.ts';
import { Accepted } from './guard.ts';
import type { Costings } from './page.ts';
import { resourcesOf, type StageName } from './stages.ts';
import { Measured } from './usage.ts';

const measuredFile = join(import.meta.dirname, 'measured.json');
const acceptedFile = join(import.meta.dirname, 'accepted.json');

export async function readMeasured(): Promise<Measured> {
  return Measured.parse(JSON.parse(await readFile(measuredFile, 'utf8')));
}

export async function writeMeasured(measured: Measured): Promise<void> {
  await writeFile(measuredFile, json(measured));
}

export async function readAccepted(): Promise<Accepted> {
  return Accepted.parse(JSON.parse(await readFile(acceptedFile, 'utf8')));
}

export async function writeAccepted(accepted: Accepted): Promise<void> {
  await writeFile(acceptedFile, json(accepted));
}

/** What the cost of each stage is computed from. */
export async function readCostings(): Promise<Costings> {
  const measured = await readMeasured();
  const of = (name: StageName): Costing => ({ resources: resourcesOf(name), measured });
  return { dev: of('dev'), staging: of('staging'), prod: of('prod') };
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
