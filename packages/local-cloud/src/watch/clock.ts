interface Step {
  /** By the machine's own clock. */
  readonly since: number;
  readonly ahead: number;
}

/**
 * The clock of metrics, alarms and schedules: the machine's own, until somebody puts it forward. It remembers when it
 * was, so that what happened before has kept its distance from what happened after.
 */
export class Clock {
  private readonly steps: Step[] = [];
  private readonly machine: () => number;

  constructor(machine: () => number = Date.now) {
    this.machine = machine;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.at(this.machine());
  }

  /** What this clock showed when the machine's own showed that. */
  at(machine: number): number {
    return machine + (this.steps.findLast(({ since }) => since <= machine)?.ahead ?? 0);
  }

  /** It never goes back: where it is later already, nothing happens. */
  moveTo(time: number): void {
    const since = this.machine();
    if (time > this.at(since)) this.steps.push({ since, ahead: time - since });
  }
}
