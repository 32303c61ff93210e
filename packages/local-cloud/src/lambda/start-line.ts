import { availableParallelism } from 'node:os';

/** Lets only so many environments start at once: to start is all CPU, and more at once are all late. */
export class StartLine {
  private free = Math.max(2, availableParallelism());
  private readonly waiting: (() => void)[] = [];

  async enter(start: () => Promise<void>): Promise<void> {
    if (this.free === 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.waiting.push(resolve);
      await promise;
    } else {
      this.free -= 1;
    }
    try {
      await start();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free += 1;
    }
  }
}
