import { join, relative } from 'node:path';
import { buildSync } from 'esbuild';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'src/trips/sharing/page/browser');

/** The script and the style of the page of a shared trip, each in one text that stands in the page. */
export function buildSharePage(): { readonly style: string; readonly script: string } {
  return {
    style: built('page.css').replaceAll('\n', ''),
    script: built('main.ts').trimEnd(),
  };
}

function built(name: string): string {
  const { outputFiles } = buildSync({
    absWorkingDir: root,
    entryPoints: [relative(root, join(folder, name))],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    charset: 'ascii',
    target: ['chrome90', 'firefox90', 'safari15'],
    // This build of Leaflet has parts that can be left out.
    alias: name.endsWith('.ts') ? { leaflet: 'leaflet/dist/leaflet-src.esm.js' } : {},
    // Leaflet's pictures are of controls that the page does not have.
    loader: { '.png': 'empty' },
    // Leaflet's licence asks for its notice.
    legalComments: 'inline',
    logLevel: 'error',
  });
  const [file] = outputFiles;
  if (!file) throw new Error(`Nothing was built of ${name}`);
  if (/<\/(script|style)|<!--/i.test(file.text)) throw new Error(`${name} would end its element`);
  return file.text;
}
