import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { Engine } from '../protocol/engine.ts';
import { callEngine, pause } from '../protocol/engine-call.ts';
import { queueUrlOf } from '../engines/sqs.ts';
import type { Invoke } from '../lambda/invoke.ts';
import { doneWith, Message, queueEvent } from './queue-event.ts';
import type { QueueSource } from './queue-sources.ts';
import { lookInto } from '../watch/queue-gauges.ts';

const Received = z.object({ Messages: z.array(Message).default([]) });

/** SQS gives out no more at once, and lets no one wait longer. */
const MOST_AT_ONCE = 10;
const LONGEST_POLL_SECONDS = 20;
const AFTER_ERROR_MS = 1000;
const GRACE_MS = 1000;

export interface QueuePollerProps {
  readonly source: QueueSource;
  readonly engine: Engine;
  readonly region: string;
  readonly invoke: Invoke;
  readonly onProblem: (sentence: string) => void;
}

/**
 * Brings a queue's messages to its function, as Lambda's pollers do. What the function does not finish
 * is left in the queue: it comes again after its visibility time-out, or goes where the queue says.
 */
export class QueuePoller {
  private readonly props: QueuePollerProps;
  private readonly stopping = new AbortController();
  private readonly underWay = new Set<Promise<void>>();
  private polling: Promise<void> = Promise.resolve();
  private isLeaving = false;

  constructor(props: QueuePollerProps) {
    this.props = props;
  }

  start(): void {
    this.polling = this.poll();
  }

  /** Whether all that is due has been worked on. */
  async isDone(): Promise<boolean> {
    const { engine, source } = this.props;
    const { visible } = await lookInto(engine, source.queueName);
    return visible.length === 0 && this.underWay.size === 0;
  }

  /**
   * Leaves the queue alone from now on. The engine gives a message to whoever asked last, also when he has hung up: so
   * the question that is open is waited for, and what comes then is given back.
   */
  leave(): void {
    this.isLeaving = true;
  }

  /** No more is fetched; what is being worked on has a moment to end. */
  async stop(): Promise<void> {
    this.stopping.abort();
    const ended = Promise.all([this.polling, ...this.underWay]);
    await Promise.race([ended, sleep(GRACE_MS, undefined, { ref: false })]);
  }

  private async poll(): Promise<void> {
    const { source, onProblem } = this.props;
    const { signal } = this.stopping;
    while (!signal.aborted && !this.isLeaving) {
      try {
        const batch = await this.collect();
        if (batch.length > 0) await this.deal(batch);
        if (this.underWay.size >= source.maximumConcurrency) await Promise.race(this.underWay);
      } catch (error) {
        if (signal.aborted) return;
        onProblem(`Polling ${source.queueName} failed: ${String(error)}`);
        await pause(AFTER_ERROR_MS, signal);
      }
    }
  }

  private async deal(batch: readonly Message[]): Promise<void> {
    if (!this.isLeaving) return this.work(batch);
    for (const { ReceiptHandle } of batch) {
      await this.call('ChangeMessageVisibility', { ReceiptHandle, VisibilityTimeout: 0 }, false);
    }
  }

  /** A full batch, or what has come by the end of the batching window. */
  private async collect(): Promise<readonly Message[]> {
    const { batchSize, windowSeconds } = this.props.source;
    const batch = [
      ...(await this.receive(Math.min(batchSize, MOST_AT_ONCE), LONGEST_POLL_SECONDS)),
    ];
    const end = performance.now() + windowSeconds * 1000;
    while (batch.length > 0 && batch.length < batchSize) {
      const left = Math.ceil((end - performance.now()) / 1000);
      if (left <= 0 || this.stopping.signal.aborted) break;
      const most = Math.min(batchSize - batch.length, MOST_AT_ONCE);
      batch.push(...(await this.receive(most, Math.min(left, LONGEST_POLL_SECONDS))));
    }
    return batch;
  }

  private async receive(most: number, seconds: number): Promise<readonly Message[]> {
    const input = {
      MaxNumberOfMessages: most,
      WaitTimeSeconds: seconds,
      AttributeNames: ['All'],
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    };
    return Received.parse(await this.call('ReceiveMessage', input)).Messages;
  }

  private work(batch: readonly Message[]): void {
    const done = this.deliver(batch)
      .catch((error: unknown) => {
        if (this.stopping.signal.aborted) return;
        this.props.onProblem(
          `Delivering from ${this.props.source.queueName} failed: ${String(error)}`,
        );
      })
      .finally(() => this.underWay.delete(done));
    this.underWay.add(done);
  }

  private async deliver(batch: readonly Message[]): Promise<void> {
    const { source, region, invoke } = this.props;
    const result = await invoke(
      source.functionName,
      queueEvent(batch, { arn: source.arn, region }),
    );
    if (!result.ok) return;
    const done = source.reportsFailures ? doneWith(batch, result.payload) : batch;
    for (let from = 0; from < done.length; from += MOST_AT_ONCE) {
      const Entries = done
        .slice(from, from + MOST_AT_ONCE)
        .map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      await this.call('DeleteMessageBatch', { Entries }, false);
    }
  }

  private call(operation: string, input: object, abortable = true): Promise<unknown> {
    const { source, engine, region } = this.props;
    const QueueUrl = queueUrlOf(engine.endpoint, source.queueName);
    const signal = abortable ? this.stopping.signal : undefined;
    return callEngine({
      engine,
      service: 'sqs',
      region,
      operation,
      input: { QueueUrl, ...input },
      signal,
    });
  }
}
