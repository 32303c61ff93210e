import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser } from 'playwright-core';

/** So the browser asks for nothing but the pages of the test, and needs no graphics. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * A headless browser. On Linux it is the Chromium that an npm package brings, so that the machine needs none; elsewhere
 * it is the Chrome that is installed.
 */
export async function openBrowser(): Promise<Browser> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return chromium.launch({ channel: 'chrome', args });
  }
  return chromium.launch({ executablePath: await unpackedChromium(), args });
}

const cache = join(import.meta.dirname, '../../.local-cloud/cache');

/** Unpacks Chromium once per version: it has 200 MB, which takes two seconds. */
async function unpackedChromium(): Promise<string> {
  const entry = fileURLToPath(import.meta.resolve('@sparticuz/chromium'));
  const { version } = JSON.parse(readFileSync(join(dirname(entry), '../package.json'), 'utf8')) as {
    version: string;
  };
  const home = join(cache, `chromium-${version}`);
  const binary = join(home, 'chromium');
  if (existsSync(binary)) return binary;

  mkdirSync(cache, { recursive: true });
  const unpacking = mkdtempSync(join(cache, 'chromium-unpacking-'));
  const { TMPDIR } = process.env;
  // The package unpacks into the folder for temporary files, and takes what it finds there for complete.
  process.env['TMPDIR'] = unpacking;
  const { default: packed } = await import('@sparticuz/chromium');
  await packed.executablePath().finally(() => {
    if (TMPDIR === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = TMPDIR;
  });
  renameSync(unpacking, home);
  return binary;
}
