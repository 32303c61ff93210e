import * as z from 'zod';
import type { Engine } from '../protocol/engine.ts';
import { callEngine } from '../protocol/engine-call.ts';
import type { TimeToLive } from '../deployment/make-tables.ts';

const Scanned = z.object({
  Items: z.array(z.record(z.string(), z.unknown())).default([]),
  LastEvaluatedKey: z.record(z.string(), z.unknown()).optional(),
});

const EVERY_MS = 60_000;

/** Removes items whose time is over, which the engine does not do by itself; DynamoDB is as tardy. */
export class TimeToLiveSweep {
  private readonly engine: Engine;
  private readonly region: string;
  private readonly tables: readonly TimeToLive[];
  private readonly onProblem: (sentence: string) => void;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    engine: Engine,
    region: string,
    tables: readonly TimeToLive[],
    onProblem: (sentence: string) => void,
  ) {
    this.engine = engine;
    this.region = region;
    this.tables = tables;
    this.onProblem = onProblem;
  }

  start(): void {
    this.timer = setInterval(() => {
      this.sweep().catch((error: unknown) =>
        this.onProblem(`No sweep of tables: ${String(error)}`),
      );
    }, EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  async sweep(): Promise<void> {
    for (const table of this.tables) await this.sweepTable(table);
  }

  private async sweepTable({ table: TableName, keys, attribute }: TimeToLive): Promise<void> {
    const expired = {
      TableName,
      FilterExpression: '#end <= :now',
      ExpressionAttributeNames: { '#end': attribute },
      ExpressionAttributeValues: { ':now': { N: String(Math.floor(Date.now() / 1000)) } },
    };
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const page = Scanned.parse(await this.call('Scan', { ...expired, ExclusiveStartKey }));
      for (const item of page.Items) {
        const Key = Object.fromEntries(keys.map((key) => [key, item[key]]));
        // Someone may have given it more time since it was read.
        const { FilterExpression: ConditionExpression, ...names } = expired;
        await this.call('DeleteItem', { ...names, Key, ConditionExpression }).catch(
          () => undefined,
        );
      }
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
  }

  private call(operation: string, input: object): Promise<unknown> {
    const { engine, region } = this;
    return callEngine({ engine, service: 'dynamodb', region, operation, input });
  }
}
