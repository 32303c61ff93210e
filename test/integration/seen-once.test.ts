import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { oncePerEvent, type Once } from '../../src/platform/once/seen-once.ts';
import { openStateTable, type StateTable } from '../../src/platform/aws/state-table.ts';
import { makeTable } from '../support/engines/function-environment.ts';

let secondsPassed = 0;
const clock = { now: () => new Date(Date.UTC(2027, 0, 31, 9, 30, secondsPassed)) };
let once: Once;
let eventId: string;

let table: StateTable;

beforeAll(async () => {
  table = openStateTable(await makeTable('pk', 'sk'), clock);
  once = oncePerEvent('dispatch', table, clock);
});
beforeEach(() => {
  secondsPassed = 0;
  eventId = randomUUID();
});

const beingWorkedOn = 'This event is being worked on';
const nothing = async () => {};

/** Begins the work of the event; it ends when it is told to, and never, if it is not. */
async function begun() {
  const { promise: end, resolve, reject } = Promise.withResolvers<void>();
  const { promise: started, resolve: start } = Promise.withResolvers<void>();
  const ended = once(eventId, () => {
    start();
    return end;
  });
  // Whoever never ends is never asked how it went.
  ended.catch(nothing);
  await started;
  return { ended, succeed: resolve, fail: () => reject(new Error('It failed')) };
}

describe('P8: the work of an event', () => {
  test('is not begun while somebody is at it, and not done again after', async () => {
    let others = 0;
    const other = async () => void (others += 1);
    const first = await begun();
    const meanwhile = await Promise.allSettled(
      Array.from({ length: 5 }, () => once(eventId, other)),
    );
    for (const each of meanwhile) {
      expect(each).toMatchObject({ reason: { message: expect.stringContaining(beingWorkedOn) } });
    }
    first.succeed();
    await first.ended;
    await once(eventId, other);
    expect(others).toBe(0);
  });

  test('is begun by a delivery whose claim was sent twice, because its answer was lost', async () => {
    const claim: StateTable['claim'] = async (...what) => {
      await table.claim(...what);
      return table.claim(...what);
    };
    let done = 0;
    await oncePerEvent(
      'dispatch',
      { ...table, claim },
      clock,
    )(eventId, async () => {
      done += 1;
      await expect(once(eventId, nothing)).rejects.toThrow(beingWorkedOn);
    });
    expect(done).toBe(1);
  });

  test('that failed is done again at once', async () => {
    const first = await begun();
    first.fail();
    await expect(first.ended).rejects.toThrow('It failed');
    (await begun()).succeed();
  });

  test('that was never ended is done when its message comes back, and not before', async () => {
    await begun();
    secondsPassed = 9;
    await expect(once(eventId, nothing)).rejects.toThrow(beingWorkedOn);
    secondsPassed = 30;
    let done = 0;
    await once(eventId, async () => void (done += 1));
    expect(done).toBe(1);
  });

  test('that fails long after it was given up ends the claim of nobody else', async () => {
    const lost = await begun();
    secondsPassed = 30;
    const second = await begun();
    lost.fail();
    await expect(lost.ended).rejects.toThrow('It failed');
    await expect(once(eventId, nothing)).rejects.toThrow(beingWorkedOn);
    second.succeed();
    await second.ended;
  });
});
