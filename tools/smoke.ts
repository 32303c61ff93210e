/** Says whether a stage is well: its parts, and whether a customer can log in, order a truck and cancel it. */
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { callApiAt } from '../src/canary/call-api.ts';
import { walk } from '../src/canary/walk.ts';
import { getHealth, getPublicKeys } from '../src/contract/http/system/routes.ts';
import { walkers } from '../src/contract/test-numbers.ts';
import { systemClock as clock } from '../src/platform/clock.ts';
import { timeOrderedIds as ids } from '../src/platform/ids.ts';
import { deployedPlace, localPlace, type Place } from './smoke/place.ts';

const usage = `node tools/smoke.ts <file>      the outputs of "cdk deploy --outputs-file <file>"
node tools/smoke.ts --local     what npm start runs on this machine (WEELO_URL, if not on port 3000)`;

/** A database that sleeps is up again after half a minute. */
const tries = 12;
const pauseMs = 5000;

async function get(url: URL): Promise<{ readonly status: number; readonly body: unknown }> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(15_000) });
  return { status: answer.status, body: await answer.json().catch(() => undefined) };
}

async function askParts({ origin }: Place): Promise<void> {
  const health = new URL(getHealth.path, origin);
  for (let each = 1; ; each += 1) {
    const { status, body } = await get(health);
    console.log(`${status} GET ${health.href} ${JSON.stringify(body)}`);
    if (status === 200) break;
    if (each === tries) throw new Error('The stage is not well. Its answer names the part.');
    await pause(pauseMs);
  }
  const publicKeys = new URL(getPublicKeys.path, origin);
  const { status, body } = await get(publicKeys);
  console.log(`${status} GET ${publicKeys.href}`);
  const { keys } = z.object({ keys: z.array(z.unknown()) }).parse(body);
  if (keys.length === 0) throw new Error('Nobody can log in: the stage has no signing keys.');
}

async function smoke(place: Place): Promise<void> {
  await askParts(place);
  await walk(walkers.smoke, {
    ...place,
    call: callApiAt(place),
    pause,
    ids,
    clock,
    onStep: (step, milliseconds) => {
      console.log(`${String(milliseconds).padStart(6)} ms  ${step}`);
    },
  });
}

const [where] = process.argv.slice(2);
try {
  if (where === undefined) throw new Error(usage);
  await smoke(where === '--local' ? await localPlace() : await deployedPlace(where));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
