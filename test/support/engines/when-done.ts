type Work = () => unknown;

const works: Work[] = [];

/**
 * When this test file is done, the latest first. Unlike vitest's `afterAll`, which is forgotten without a word where
 * it is called in a `beforeAll`: as worlds do, which are made there.
 */
export function whenDone(work: Work): void {
  works.unshift(work);
}

export async function endAll(): Promise<void> {
  for (const work of works.splice(0)) await work();
}
