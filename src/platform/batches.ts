/** Does up to this many items, and answers how many it did. */
type Batch = (most: number) => Promise<number>;

/**
 * Does waiting work in batches, until none is left or the time is over, and answers how much it did. The next run does
 * the rest.
 */
export async function inBatches(
  size: number,
  timeLeftMs: () => number,
  work: Batch,
): Promise<number> {
  let done = 0;
  while (timeLeftMs() > 0) {
    const some = await work(size);
    done += some;
    // A batch that is not full may not be the last: some items may have been locked by others.
    if (some === 0) break;
  }
  return done;
}
