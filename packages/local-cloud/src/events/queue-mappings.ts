import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { PlayedMapping } from '../services/operators/lambda-settings.ts';
import { QueuePoller, type QueuePollerProps } from './queue-poller.ts';

/** In a minute of the watch's clock workers get so much of the machine's time, where they need it. */
const PATIENCE_MS = 2000;

interface Mapping {
  readonly props: QueuePollerProps;
  /** Undefined while its messages are left in the queue. */
  poller: QueuePoller | undefined;
}

/** Which queues are worked off, by the template and by operators. */
export class QueueMappings {
  private mappings: readonly Mapping[];
  /** Those that still wait for the answer to their last question. */
  private readonly leaving: QueuePoller[] = [];

  constructor(all: readonly QueuePollerProps[]) {
    this.mappings = all.map((props) => ({ props, poller: undefined }));
  }

  start(): void {
    for (const each of this.mappings) if (each.props.source.isEnabled) begin(each);
  }

  async stop(): Promise<void> {
    const pollers = [...this.leaving, ...this.mappings.flatMap(({ poller }) => poller ?? [])];
    await Promise.all(pollers.map((each) => each.stop()));
  }

  /** Takes those of another template. One that is the same goes on as it is, also if an operator has turned it off. */
  change(all: readonly QueuePollerProps[]): void {
    const before = this.mappings;
    this.mappings = all.map(
      (props) =>
        before.find((each) => isDeepStrictEqual(each.props.source, props.source)) ?? {
          props,
          poller: undefined,
        },
    );
    const gone = before.filter((each) => !this.mappings.includes(each));
    for (const each of gone) this.leave(each);
    for (const each of this.mappings) {
      if (!before.includes(each) && each.props.source.isEnabled) begin(each);
    }
  }

  /** Waits until all that is due is worked on, but not for workers that cannot cope. */
  async settle(): Promise<void> {
    const giveUpAt = performance.now() + PATIENCE_MS;
    while (performance.now() < giveUpAt) {
      const pollers = this.mappings.flatMap(({ poller }) => poller ?? []);
      const done = await Promise.all(pollers.map((each) => each.isDone()));
      if (done.every(Boolean)) return;
      await sleep(10);
    }
  }

  list(): readonly PlayedMapping[] {
    return this.mappings.map(({ props: { source }, poller }) => {
      const { uuid, arn: queueArn, functionName } = source;
      return { uuid, queueArn, functionName, isEnabled: poller !== undefined };
    });
  }

  /** Has a queue worked off, or its messages left there. False: there is no such mapping. */
  turn(uuid: string, on: boolean): boolean {
    const mapping = this.mappings.find(({ props }) => props.source.uuid === uuid);
    if (!mapping) return false;
    if (!on) this.leave(mapping);
    else if (!mapping.poller) begin(mapping);
    return true;
  }

  private leave(mapping: Mapping): void {
    if (!mapping.poller) return;
    mapping.poller.leave();
    this.leaving.push(mapping.poller);
    mapping.poller = undefined;
  }
}

function begin(mapping: Mapping): void {
  mapping.poller = new QueuePoller(mapping.props);
  mapping.poller.start();
}
