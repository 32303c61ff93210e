import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

/** Far more than a running cloud lets pass, even one that was asleep with its machine's lid closed. */
const UNUSED_MS = 24 * 3600 * 1000;
const TOUCH_MS = 60_000;
/** Also when nobody has used them for long: whoever goes back to a branch finds its own. */
const KEPT = 3;

/** Says that a folder is used as of now; false where there is none. */
export async function touch(folder: string): Promise<boolean> {
  const now = new Date();
  return utimes(folder, now, now).then(
    () => true,
    () => false,
  );
}

/** Says so for as long as we run. */
export function keepInUse(folder: string, everyMs = TOUCH_MS): () => void {
  const timer = setInterval(() => void touch(folder), everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

/**
 * Removes what nobody has used for a day. Other clones of the repository keep theirs here too: what is
 * younger may belong to a cloud that runs, or be still in the making.
 */
export async function forgetUnused(cache: string, prefix: string): Promise<void> {
  const folders = (await readdir(cache))
    .filter((name) => name.startsWith(prefix))
    .map((name) => join(cache, name));
  const aged = await Promise.all(folders.map(async (path) => ({ path, used: await usedAt(path) })));
  const unused = aged
    .toSorted((a, b) => b.used - a.used)
    .slice(KEPT)
    .filter(({ used }) => Date.now() - used > UNUSED_MS);
  // Another start may be removing the same.
  await Promise.allSettled(unused.map(({ path }) => rm(path, { recursive: true, force: true })));
}

/** One that has just been removed, or renamed because it is finished, counts as used. */
async function usedAt(folder: string): Promise<number> {
  return stat(folder).then(
    ({ mtimeMs }) => mtimeMs,
    () => Date.now(),
  );
}
