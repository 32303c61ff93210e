import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const root = resolve(import.meta.dirname, '../../..');

/** A file of the map's page: bundled when it is first asked for, which takes a moment, and then kept. */
export function bundled(name: 'main.ts' | 'page.css'): () => Promise<string> {
  let text: Promise<string> | undefined;
  return () => (text ??= bundle(name));
}

async function bundle(name: string): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [join(import.meta.dirname, 'browser', name)],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
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
  return file.text;
}
