/** Says whether a stage that was just deployed answers: `node tools/smoke.ts <the outputs of cdk deploy>`. */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { getHealth, getPublicKeys } from '../src/contract/http/system/routes.ts';

const Outputs = z.record(z.string(), z.record(z.string(), z.string()));
/** A database that sleeps is up again after half a minute. */
const tries = 12;
const pauseMs = 5000;

function urlIn(file: string): string {
  const outputs = Outputs.parse(JSON.parse(readFileSync(file, 'utf8')));
  const url = Object.values(outputs).flatMap(({ HttpApiUrl }) => HttpApiUrl ?? [])[0];
  if (url === undefined) throw new Error(`${file} has no HttpApiUrl: was the service deployed?`);
  return url.replace(/\/$/, '');
}

async function get(url: string): Promise<{ readonly status: number; readonly body: unknown }> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(15_000) });
  return { status: answer.status, body: await answer.json().catch(() => undefined) };
}

async function smoke(url: string): Promise<void> {
  for (let each = 1; ; each += 1) {
    const { status, body } = await get(url + getHealth.path);
    console.log(`${status} GET ${url}${getHealth.path} ${JSON.stringify(body)}`);
    if (status === 200) break;
    if (each === tries) throw new Error('The stage is not well. Its answer names the part.');
    await pause(pauseMs);
  }
  const { status, body } = await get(url + getPublicKeys.path);
  console.log(`${status} GET ${url}${getPublicKeys.path}`);
  const { keys } = z.object({ keys: z.array(z.unknown()) }).parse(body);
  if (keys.length === 0) throw new Error('Nobody can log in: the stage has no signing keys.');
}

try {
  await smoke(urlIn(process.argv[2] ?? 'outputs.json'));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
