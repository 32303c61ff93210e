import { describe, expect, test } from 'vitest';
import {
  claimSeconds,
  functions,
  redeliveredAfterSeconds,
  type QueueFunctionName,
} from '../../src/contract/functions.ts';
import { queuePatience } from '../../src/platform/aws/patience.ts';

const workers: readonly QueueFunctionName[] = ['dispatch', 'notify'];

describe.each(workers)('time-outs nest in %s', (worker) => {
  const functionMs = functions[worker].timeoutSeconds * 1000;
  const { aws, postgres } = queuePatience;

  test('work that hangs is given up before its message, and the message before the function', () => {
    const { connectionTimeout, requestTimeout } = aws.requestHandler;
    const messageMs = functionMs - 500;
    // Twice: what hangs may be asked before the work and after it.
    const askedMs = aws.maxAttempts * Math.max(connectionTimeout, requestTimeout) + 200;
    expect(2 * askedMs).toBeLessThan(messageMs);
    // Longer than lock_timeout.
    expect(postgres.answerMs).toBeGreaterThan(2000);
    expect(postgres.answerMs).toBeLessThan(postgres.transactionMs);
    expect(postgres.transactionMs).toBeLessThan(messageMs);
  });

  test('a claim outlasts the function, wherever in its time it is made, and ends before the message comes back', () => {
    const claimMs = claimSeconds(worker) * 1000;
    expect(claimMs).toBeGreaterThan(functionMs);
    expect(functionMs + claimMs).toBeLessThan(redeliveredAfterSeconds(worker) * 1000);
  });
});
