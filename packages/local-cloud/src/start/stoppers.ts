type Stop = () => void | Promise<void>;

/** What was started, and how to stop it: the last first. */
export class Stoppers {
  private readonly started: Stop[] = [];
  private stopping: Promise<void> | undefined;

  add(stop: Stop): void {
    this.started.push(stop);
  }

  /** However often it is asked for, everything is stopped once; what fails holds nothing else up. */
  stop(): Promise<void> {
    this.stopping ??= this.stopAll();
    return this.stopping;
  }

  private async stopAll(): Promise<void> {
    const problems: unknown[] = [];
    for (const stop of this.started.toReversed()) {
      await Promise.resolve()
        .then(stop)
        .catch((error: unknown) => problems.push(error));
    }
    if (problems.length > 0) throw new AggregateError(problems, 'Not everything could be stopped.');
  }
}
