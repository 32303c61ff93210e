import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../..');

/** The world, the simulator and the bench; and the rules of production that they run. */
const folders = ['city/world', 'city/simulator', 'city/optimum', 'bench/dispatch-quality'];
const rules = [
  'src/dispatch/choose-transporters.ts',
  'src/orders/holds/limited.ts',
  'src/orders/holds/may-hold.ts',
  'src/orders/offers/offer-lines.ts',
  'src/orders/order/changed.ts',
  'src/orders/order/order.ts',
  'src/orders/placing/search-waves.ts',
  'src/places/estimate-route.ts',
  'src/places/position.ts',
  'src/places/gazetteer/localities.json',
];

/** Of the text of all that the page depends on. */
export async function hashOfInputs(): Promise<string> {
  const found = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(join(repository, folder))).map((file) => `${folder}/${file}`),
    ),
  );
  const hash = createHash('sha256');
  for (const path of [...found.flat(), ...rules].toSorted()) {
    hash.update(`${path}\n${await readFile(join(repository, path), 'utf8')}\n`);
  }
  return hash.digest('hex');
}
