/**
 * Writes docs/city-map.png: the map of a city that lives in a stage of its own, as a real browser shows it after some
 * minutes. The city is the same each time; what happens in it is not.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LogReader } from '../bench/soak/log-reader.ts';
import { readCity, startStage } from '../bench/soak/stage.ts';
import { openBrowser } from '../test/support/browser.ts';

const target = join(import.meta.dirname, '../docs/city-map.png');
const watchedMs = 200_000;
const patienceMs = 90_000;

const folder = await mkdtemp(join(tmpdir(), 'weelo-map-'));
// So that PostgreSQL's own user can pass, where we are root.
await chmod(folder, 0o755);
const wish = { city: 'noida', seed: '1', captains: 60, every: 14 };
const stage = await startStage(wish, folder, new LogReader());
const browser = await openBrowser();
try {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 800 },
    deviceScaleFactor: 1.5,
  });
  await page.goto(`${stage.origin}/_dev/map`);
  await sleep(watchedMs);
  await searching(stage);
  await page.screenshot({ path: target });
} finally {
  await browser.close();
  await stage.stop();
  await rm(folder, { recursive: true, force: true });
}

/** Waits until somebody searches, and captains look at it; in the end any moment will do. */
async function searching(on: Parameters<typeof readCity>[0]): Promise<void> {
  for (const begun = Date.now(); Date.now() - begun < patienceMs; await sleep(500)) {
    const { orders } = await readCity(on);
    const open = orders.filter(({ state, offers }) => state === 'searching' && offers.length > 5);
    if (open.some(({ createdAt }) => Date.now() - Date.parse(createdAt) > 4000)) return;
  }
}
