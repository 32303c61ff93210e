/** Does up to this many; says how many there were. */
type Batch = (most: number) => Promise<number>;

/** Enough to say how far it got, and to end, before Lambda ends the function. */
const reserveMs = 10_000;

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
  while (timeLeftMs() > reserveMs) {
    const some = await work(size);
    done += some;
    if (some < size) break;
  }
  return done;
}
