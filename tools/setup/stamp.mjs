import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Remembers what a step was last done for, inside node_modules, so that it goes when they go.
 * @param {'node' | 'prisma'} step
 */
export function isDone(root, step, fingerprint) {
  return readStamp(root)[step] === fingerprint;
}

export function markDone(root, step, fingerprint) {
  const file = stampFile(root);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ ...readStamp(root), [step]: fingerprint }, null, 2)}\n`);
}

function readStamp(root) {
  try {
    return JSON.parse(readFileSync(stampFile(root), 'utf8'));
  } catch {
    return {};
  }
}

function stampFile(root) {
  return join(root, 'node_modules/.weelo-setup.json');
}
