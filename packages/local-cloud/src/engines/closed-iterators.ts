import { AbstractKeyIterator, AbstractValueIterator } from 'abstract-level';

/**
 * dynalite ends what it reads by calling `return`, which the iterators of its store do not have. So it closed none, and
 * each query kept the store as it was at that moment: in memory, and in files.
 */
export function letIteratorsReturn(): void {
  for (const { prototype } of [AbstractKeyIterator, AbstractValueIterator]) {
    Reflect.set(prototype, 'return', close);
  }
}

function close(this: { close(): Promise<void> }): Promise<void> {
  return this.close();
}
