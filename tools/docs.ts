/**
 * Writes the generated documents, or with `--check` says which of them are not what the contract says.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { generatedDocuments } from './docs/documents.ts';

const check = process.argv.includes('--check');
const stale: string[] = [];

for (const [path, text] of Object.entries(generatedDocuments())) {
  if (!check) await writeFile(path, text);
  else if ((await readFile(path, 'utf8').catch(() => '')) !== text) stale.push(path);
}

if (stale.length > 0) {
  console.error(`Not what the contract says: ${stale.join(', ')}. Run "npm run docs".`);
  process.exitCode = 1;
}
