import { describe, expect, test } from 'vitest';
import { keptFor } from '../../src/platform/aws/secrets.ts';

/** A value that is read for a minute, a clock that stands where it is put, and what can go wrong. */
function keeping() {
  const world = { now: 0, reads: 0, broken: false };
  const kept = keptFor(60, { now: () => new Date(world.now * 1000) }, async () => {
    world.reads += 1;
    if (world.broken) throw new Error('It is away');
    return `value ${world.reads}`;
  });
  return { world, kept };
}

describe('what is kept', () => {
  test('is read once, also by many at once, and again when its time is over', async () => {
    const { world, kept } = keeping();
    expect(await Promise.all([kept(), kept(), kept()])).toEqual(Array(3).fill('value 1'));
    world.now = 59;
    expect(await kept()).toBe('value 1');
    world.now = 60;
    expect(await kept()).toBe('value 2');
  });

  test('is still used when it cannot be read again, but not for ever', async () => {
    const { world, kept } = keeping();
    await kept();
    world.broken = true;
    world.now = 61;
    expect(await kept()).toBe('value 1');
    expect(await kept()).toBe('value 1');
    expect(world.reads).toBe(2);
    world.now = 72;
    expect(await kept()).toBe('value 1');
    expect(world.reads).toBe(3);
    world.now = 60 + 3601;
    await expect(kept()).rejects.toThrow('It is away');
  });

  test('is never a failure: the next caller tries again', async () => {
    const { world, kept } = keeping();
    world.broken = true;
    await expect(kept()).rejects.toThrow('It is away');
    world.broken = false;
    expect(await kept()).toBe('value 2');
  });

  test('can be forgotten', async () => {
    const { kept } = keeping();
    await kept();
    kept.forget();
    expect(await kept()).toBe('value 2');
  });
});
