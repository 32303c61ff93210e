import { expect, test } from 'vitest';
import { invocationsOf } from '../../bench/cold-start/invocations.ts';
import { queueMessages } from '../../src/contract/queues.ts';

const invocations = invocationsOf({ customer: 'token', transporter: 'token' }, {});

test('cold-start sends a function that takes messages one of its messages', () => {
  for (const name of ['dispatch', 'notify'] as const) {
    const known = Object.keys(queueMessages[name]).length;
    expect(invocations[name].what === 'an empty batch', name).toBe(known === 0);
  }
});
