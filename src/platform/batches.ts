/** Does up to this many; says how many there were. */
type Batch = (most: number) => Promise<number>;

/**
 * Works off what has piled up, some at a time, until there is no more or no time; says how much. What is left is
 * the next run's.
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
    // Fewer than asked for may be all that could be done of more.
    if (some === 0) break;
  }
  return done;
}
