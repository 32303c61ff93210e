/**
 * Writes src/trips/sharing/page/built.json, from the files in its folder `browser` and Leaflet. `npm run setup` runs it
 * when one of them has changed.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSharePage } from './share-page/build.ts';

const built = buildSharePage();
const target = join(import.meta.dirname, '../src/trips/sharing/page/built.json');
writeFileSync(target, `${JSON.stringify(built, undefined, 2)}\n`);
