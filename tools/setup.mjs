/**
 * Makes a clone ready for `npm start` and `npm test`; their pre-scripts run it. On a fresh clone that is
 * with the machine's own Node and nothing installed, hence plain JavaScript without a dependency.
 * Says what it does while that takes long; says nothing when nothing is to be done.
 * `setup.mjs client page` does those steps alone: they are what a synthesis needs beside the packages.
 */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from './setup/packages.mjs';
import { repairBinaries } from './setup/binaries.mjs';
import { generateClient } from './setup/prisma-client.mjs';
import { buildSharePage } from './setup/share-page.mjs';
import { provideRedis } from './setup/redis.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const steps = {
  packages: installPackages,
  binaries: repairBinaries,
  client: generateClient,
  page: buildSharePage,
  redis: provideRedis,
};
const asked = process.argv.slice(2);

try {
  for (const [name, step] of Object.entries(steps)) {
    if (asked.length === 0 || asked.includes(name)) step(root);
  }
} catch (error) {
  process.stderr.write(`setup: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
