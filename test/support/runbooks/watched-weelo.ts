import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Cloud, startCloud } from 'local-cloud';
import { stageNamed } from '../../../lib/parts/stages.ts';
import { synthesizeWeelo } from '../../../lib/weelo-app.ts';
import { makeDevRoutes } from '../../../local/dev/dev-routes.ts';
import { plantSeed } from '../../../local/start/seed.ts';
import { weeloSettings } from '../../../local/start/weelo-settings.ts';

/** A whole stage with the alarms of staging and prod, with staging's reservations, and with what `npm run operate -- local` asks for. */
export async function startWatchedWeelo(): Promise<Cloud> {
  const folder = mkdtempSync(join(tmpdir(), 'weelo-watched-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const outdir = join(folder, 'cdk.out');
    const { reservedConcurrency } = stageNamed('staging');
    const alarmsTo = 'operators@example.com';
    const stage = { ...stageNamed('local'), reservedConcurrency, alarms: true, alarmsTo };
    synthesizeWeelo({ stage, outdir });
    const documents = {
      openapi: resolve('docs/openapi.json'),
      asyncapi: resolve('docs/asyncapi.json'),
    };
    const cloud = await startCloud({
      assembly: outdir,
      ...weeloSettings,
      // One customer asks for all of it.
      variables: { WEELO_RATE_LIMITS: 'off' },
      devRoutes: (outside, status, memory) =>
        makeDevRoutes({ ...outside, status, memory, documents, city: async () => undefined }),
    });
    await plantSeed(cloud);
    return { ...cloud, stop: () => cloud.stop().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}
