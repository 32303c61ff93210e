import { beforeEach, describe, expect, test } from 'vitest';
import { openStateTable, type StateTable } from '../../src/platform/aws/state-table.ts';
import type { Postgres } from '../../src/platform/postgres/postgres.ts';
import { notingUse, openWakefulness } from '../../src/platform/postgres/wakefulness.ts';
import { makeTable } from '../support/engines/function-environment.ts';

let minutes: number;
const clock = { now: () => new Date(Date.UTC(2027, 0, 31, 9, minutes)) };
let table: StateTable;
beforeEach(async () => {
  minutes = 0;
  table = openStateTable(await makeTable('pk', 'sk'), clock);
});

describe('the schedule of a database that may sleep', () => {
  test('works as long as something may have been lost, and then every six hours', async () => {
    const user = openWakefulness(table, clock);
    const schedule = openWakefulness(table, clock);
    expect(await schedule.mayHaveWork()).toBe(true);
    await schedule.noteRepair();
    expect(await schedule.mayHaveWork()).toBe(false);

    await user.noteUse();
    minutes = 14;
    await schedule.noteRepair();
    expect(await schedule.mayHaveWork()).toBe(true);
    minutes = 15;
    expect(await schedule.mayHaveWork()).toBe(false);

    minutes = 14 + 6 * 60 - 1;
    expect(await schedule.mayHaveWork()).toBe(false);
    minutes += 1;
    expect(await schedule.mayHaveWork()).toBe(true);
  });

  test('works when nobody can say', async () => {
    const broken = { ...table, get: () => Promise.reject(new Error('DynamoDB is away')) };
    expect(await openWakefulness(broken, clock).mayHaveWork()).toBe(true);
  });
});

describe('who uses the database', () => {
  let notes: number;
  let fails: boolean;
  let postgres: Postgres;
  beforeEach(() => {
    notes = 0;
    fails = false;
    const merge: StateTable['merge'] = (...what) => {
      notes += 1;
      return fails ? Promise.reject(new Error('DynamoDB is away')) : table.merge(...what);
    };
    const bare: Pick<Postgres, 'run' | 'transaction'> = {
      run: (work) => work({} as never),
      transaction: (work) => work({} as never),
    };
    postgres = notingUse(bare as Postgres, openWakefulness({ ...table, merge }, clock));
  });

  test('notes it once a minute', async () => {
    expect(await postgres.run(async () => 7)).toBe(7);
    expect(await postgres.transaction(async () => 8)).toBe(8);
    expect(notes).toBe(1);
    minutes = 1;
    await postgres.run(async () => 7);
    expect(notes).toBe(2);
  });

  test('is served all the same if it cannot be noted, and notes it the next time', async () => {
    fails = true;
    expect(await postgres.run(async () => 7)).toBe(7);
    fails = false;
    await postgres.run(async () => 7);
    expect(notes).toBe(2);
    expect(await openWakefulness(table, clock).mayHaveWork()).toBe(true);
  });

  test('is told of a failure of the work', async () => {
    await expect(postgres.run(() => Promise.reject(new Error('No')))).rejects.toThrow('No');
  });
});
