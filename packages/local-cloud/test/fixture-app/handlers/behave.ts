import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'aws-lambda';

interface Wish {
  readonly do: keyof typeof behaviours;
  readonly size?: number;
}

let calls = 0;
const hoard: unknown[] = [];

/** Everything that a handler can do to its environment. */
export const handler = async (wish: Wish, context: Context): Promise<unknown> => {
  calls += 1;
  return behaviours[wish.do](wish, context);
};

const behaviours = {
  echo: async (wish: Wish) => wish,
  count: async () => ({ calls, pid: process.pid }),
  nothing: async () => undefined,
  wait: async () => sleep(300, { pid: process.pid }),
  throw: async () => {
    throw new RangeError('thrown on purpose');
  },
  exit: async () => process.exit(3),
  reject: async () => {
    void Promise.reject(new Error('nobody listens'));
    await sleep(5000);
  },
  late: async () => {
    // Left running: an environment is frozen as soon as it has answered.
    setTimeout(() => process.stdout.write('late work was done\n'), 100);
    return 'answered';
  },
  hang: async () => sleep(60_000),
  loop: async () => {
    for (;;) calls += 1;
  },
  hoard: async () => {
    for (;;) hoard.push({ text: `${hoard.length} of many`, list: [calls] });
  },
  buffers: async () => {
    for (;;) {
      hoard.push(Buffer.alloc(8 * 1024 ** 2, 1));
      await sleep(5);
    }
  },
  keep: async ({ size = 0 }: Wish) => {
    hoard.push(Buffer.alloc(size, 1));
    return process.pid;
  },
  big: async ({ size = 0 }: Wish) => 'x'.repeat(size),
  log: async (_: Wish, { awsRequestId }: Context) => {
    process.stdout.write('one line\nanother line\n');
    return awsRequestId;
  },
  channel: async (_: Wish, { awsRequestId: requestId }: Context) => {
    const forged = { type: 'result', requestId, payload: '"forged"' };
    process.send?.(forged);
    // Node.js' own way into the channel stays: it must do no harm.
    const inner: unknown = Reflect.get(process, '_send');
    if (typeof inner === 'function') Reflect.apply(inner, process, [{ type: 'hello' }]);
    await sleep(50);
    return typeof process.send;
  },
  context: async (_: Wish, context: Context) => ({
    name: context.functionName,
    arn: context.invokedFunctionArn,
    requestId: context.awsRequestId,
    memory: context.memoryLimitInMB,
    remaining: context.getRemainingTimeInMillis(),
    logGroup: context.logGroupName,
  }),
  sell: async ({ size = 0 }: Wish) => {
    const CloudWatchMetrics = [
      { Namespace: 'Shop', Dimensions: [['service']], Metrics: [{ Name: 'Sold' }] },
    ];
    const line = {
      service: 'behave',
      Sold: size,
      ['_aws']: { Timestamp: Date.now(), CloudWatchMetrics },
    };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  },
  environment: async () => ({ ...process.env, cwd: process.cwd() }),
  repository: async () => {
    const hidden = 'zod';
    return import(hidden).then(
      () => 'found',
      () => 'missing',
    );
  },
} as const;
