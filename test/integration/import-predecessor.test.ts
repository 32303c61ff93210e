import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { importPredecessor } from '../../src/cutover/import-predecessor.ts';
import { takeTurn } from '../../src/cutover/run-store.ts';
import type { Database, Postgres } from '../../src/platform/postgres/postgres.ts';
import { lambdaContext } from '../support/invoke.ts';
import { dirtyRows, fill, makePredecessor, styles, tableOf } from '../support/predecessor.ts';
import type { Rows, Style } from '../support/predecessor.ts';
import { fleetWorld } from '../support/worlds/fleet-world.ts';

const { sql, postgres, auth, fleet, logIn, codeSentTo, transporter, driverOf, session } =
  await fleetWorld();
const { handler } = await import('../../functions/operate.ts');

const quietly = { restart: false, examples: 20 };
const inTime = { timeLeftMs: () => 1 };
const run = (write: boolean, deps: object = {}) =>
  importPredecessor({ write, ...quietly }, { postgres, ...inTime, ...deps });
type Answer = Awaited<ReturnType<typeof run>>;

/** How many predecessors are made up for each style. */
const runs = Number(process.env['IMPORT_RUNS'] ?? 5);

/** vitest goes on to the next test when one is out of time, although that one still works on the same tables. */
let lastTest: Promise<unknown> = Promise.resolve();
beforeEach(() => lastTest);

/** An empty stage beside a predecessor. */
async function begin(style: Style, rows: Partial<Rows> = {}): Promise<void> {
  await sql('TRUNCATE weelo.users, weelo.vehicles, weelo.imported, weelo.import_runs CASCADE');
  await makePredecessor(sql, style);
  await fill(sql, style, rows);
}

/** All that an import may write, but for how far it came. */
const everything = async () => ({
  users: await sql('SELECT * FROM weelo.users ORDER BY id'),
  vehicles: await sql('SELECT * FROM weelo.vehicles ORDER BY id'),
  imported: await sql('SELECT * FROM weelo.imported ORDER BY source, source_id'),
});

const sectionsOf = ({ accounts, drivers, vehicles }: Answer) => ({ accounts, drivers, vehicles });
const sum = (tallies: Record<string, { count: number }>) =>
  Object.values(tallies).reduce((total, { count }) => total + count, 0);
const reasons = (tallies: Record<string, { count: number }>) =>
  Object.fromEntries(Object.entries(tallies).map(([reason, { count }]) => [reason, count]));

/** A killed process, before or after the commit of its nth transaction. */
function killedAt(nth: number, isBefore: boolean): Postgres {
  let transactions = 0;
  return {
    ...postgres,
    transaction: async (work) => {
      transactions += 1;
      if (transactions !== nth) return postgres.transaction(work);
      if (!isBefore) {
        const done = await postgres.transaction(work);
        // After its last commit only the answer would be lost: the import has finished, and the next one is a new one.
        const unfinished = await sql(
          'SELECT mode FROM weelo.import_runs WHERE finished_at IS NULL',
        );
        if (unfinished.length === 0) return done;
        throw new Error('killed');
      }
      return postgres.transaction(async (db) => {
        await work(db);
        throw new Error('killed');
      });
    },
  };
}

/** Runs it with kills and too little time until it is finished. */
async function untilFinished(write: boolean, batchSize: number, kills: readonly number[]) {
  for (const [n, nth] of kills.entries()) {
    const killed = run(write, { batchSize, postgres: killedAt(nth, n % 2 === 0) });
    const ended = await killed.catch((error: Error) => error.message);
    if (typeof ended === 'object') return ended;
    expect(ended).toBe('killed');
  }
  for (;;) {
    let batches = 0;
    const timeLeftMs = () => ((batches += 1) < 3 ? 1 : 0);
    const answer = await run(write, { batchSize, timeLeftMs });
    if (answer.isFinished) return answer;
    expect(answer.next).toMatch(/^Run it again: \d+ of \d+ rows are done\.$/);
  }
}

/** The predecessor's ids that a report and `imported` know, of one section. */
async function knownIn(section: 'accounts' | 'drivers' | 'vehicles', answer: Answer) {
  const refused = Object.values(answer[section].refused).flatMap(({ count, examples }) => {
    expect(examples).toHaveLength(count);
    return examples.map((example) => example.split(': ')[0]);
  });
  const source = section === 'vehicles' ? `= 'vehicles'` : `<> 'vehicles'`;
  const role = section === 'accounts' ? `<> 'driver'` : `= 'driver'`;
  const imported = await sql(
    `SELECT source_id FROM weelo.imported i LEFT JOIN weelo.users u ON u.id = i.id
     WHERE source ${source} AND (source = 'vehicles' OR u.role ${role})`,
  );
  return [...refused, ...imported.map((row) => row['source_id'])];
}

describe.each(styles)('whatever stands in tables in %s case', (style) => {
  test('each row is imported or reported, once, however often the import is killed', async ({
    signal,
  }) => {
    const most = 14;
    const kills = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 4 });
    const batchSize = fc.integer({ min: 2, max: 9 });
    const asserted = fc.assert(
      fc.asyncProperty(dirtyRows(style, most), batchSize, kills, async (rows, size, killed) => {
        signal.throwIfAborted();
        await begin(style, rows);
        const before = await everything();
        const dry = await untilFinished(false, size, killed);
        expect(await everything()).toEqual(before);

        const written = await untilFinished(true, size, killed.toReversed());
        expect(sectionsOf(written)).toEqual(sectionsOf(dry));
        const all = rows.users.length + rows.drivers.length + rows.vehicles.length;
        expect([written.done, written.of]).toEqual([all, all]);
        const ids = [];
        for (const section of ['accounts', 'drivers', 'vehicles'] as const) {
          const { found, new: added, changed, unchanged, kept, refused } = written[section];
          expect(added + changed + unchanged + sum(kept) + sum(refused)).toBe(found);
          expect([changed, unchanged, sum(kept)]).toEqual([0, 0, 0]);
          ids.push(
            ...(await knownIn(section, written)).map(
              (id) => `${section === 'vehicles'} ${String(id)}`,
            ),
          );
        }
        const there = [
          ...[...rows.users, ...rows.drivers].map(({ id }) => `false ${String(id)}`),
          ...rows.vehicles.map(({ id }) => `true ${String(id)}`),
        ];
        expect(ids.toSorted()).toEqual(there.toSorted());

        const after = await everything();
        expect(after.users.length + after.vehicles.length).toBe(after.imported.length);
        const again = await run(true);
        expect(await everything()).toEqual(after);
        for (const section of ['accounts', 'drivers', 'vehicles'] as const) {
          const { new: added, unchanged, refused } = again[section];
          expect([added, unchanged]).toEqual([0, written[section].new]);
          expect(refused).toEqual(written[section].refused);
        }
      }),
      // The first failure is reported in time; with IMPORT_RUNS it is made small, however long that takes.
      { numRuns: runs, endOnFailure: process.env['IMPORT_RUNS'] === undefined },
    );
    lastTest = asserted.catch(() => undefined);
    await asserted;
  });

  test('thousands of rows are imported in several batches', async () => {
    // A batch has 500 rows, and a page of the census 5000: one table of users and drivers has more than that.
    const most = style === 'camel' ? 2600 : 1100;
    const person = (n: number) => ({ phone: String(7_000_000_000 + n), name: `Person ${n}` });
    const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
    const all = Array.from({ length: most }, (_, n) => n);
    const driver = style === 'camel' ? { role: 'driver' } : {};
    await begin(style, {
      users: all.map((n) => ({
        id: id(n),
        role: n % 2 ? 'customer' : 'transporter',
        ...person(n),
      })),
      drivers: all.map((n) => ({
        id: style === 'camel' ? id(n + most) : n,
        transporterId: id(n - (n % 2)),
        ...driver,
        ...person(n + most),
      })),
      vehicles: all.map((n) => ({
        id: style === 'camel' ? id(n) : n,
        transporterId: id(n - (n % 2)),
        vehicleNumber: `KA 01 AB ${n}`,
        vehicleType: 'open',
        vehicleSubtype: '17 Feet',
      })),
    });
    const written = await run(true);
    expect([written.done, written.of, written.isFinished]).toEqual([3 * most, 3 * most, true]);
    const { users, vehicles } = await everything();
    expect([users.length, vehicles.length]).toEqual([2 * most, most]);
    expect((await run(true)).vehicles.unchanged).toBe(most);
  });
});

const transporterRow = {
  id: 'aaaaaaaa-0000-4000-8000-000000000001',
  role: 'transporter',
  phone: '+91 90000 11111',
};
const driverRow = {
  id: 'aaaaaaaa-0000-4000-8000-000000000002',
  role: 'driver',
  phone: '9000022222',
  transporterId: transporterRow.id,
};
const vehicleRow = {
  id: 'aaaaaaaa-0000-4000-8000-000000000003',
  transporterId: transporterRow.id,
  vehicleNumber: 'ka-01 ab 0042',
  vehicleType: 'OPEN',
  vehicleSubtype: '17ft',
};
const fleetRows = { users: [transporterRow], drivers: [driverRow], vehicles: [vehicleRow] };

test('an imported transporter logs in, gets its driver’s code, and finds its vehicle', async () => {
  await begin('camel', fleetRows);
  const answer = await handler(
    { command: 'import-predecessor', input: { write: true } },
    lambdaContext(),
  );
  expect(answer).toMatchObject({ run: 'written', done: 3, of: 3, isFinished: true });

  const { user, tokens, isNewUser } = await logIn('9000011111', 'transporter');
  expect([user.id, isNewUser]).toEqual([transporterRow.id, false]);
  await auth.sendDriverLoginCode({ body: { driverPhone: '9000022222' } });
  const otp = await codeSentTo('9000011111');
  const driver = await auth.verifyDriverLoginCode({ body: { driverPhone: '9000022222', otp } });
  expect(driver.body?.driver).toMatchObject({ id: driverRow.id, transporterId: transporterRow.id });
  const { body } = await fleet.listVehicles({ token: tokens.accessToken });
  expect(body?.vehicles).toMatchObject([
    {
      id: vehicleRow.id,
      vehicleNumber: 'KA01AB0042',
      vehicleSubtype: '17 Feet',
      status: 'available',
    },
  ]);
});

describe('a report', () => {
  test('names each reason, with examples that show no phone', async () => {
    const other = { ...transporterRow, id: 'aaaaaaaa-0000-4000-8000-000000000009' };
    const at = (n: number) => `bbbbbbbb-0000-4000-8000-00000000000${n}`;
    await begin('camel', {
      users: [
        transporterRow,
        { id: at(1), role: 'customer', phone: transporterRow.phone },
        { id: at(2), role: 'admin', phone: '9000033333' },
        { id: at(3), role: 'customer', phone: null },
        { id: at(4), role: 'customer', phone: '0444 4444444' },
        { id: at(5), role: 'customer', phone: '9000055555', isActive: false, email: 'nobody' },
        { ...other, phone: '90000 77777' },
        { ...other, id: at(7), phone: '+919000077777' },
      ],
      drivers: [
        { ...driverRow, transporterId: null },
        { ...driverRow, id: at(8), phone: '9000088888', transporterId: at(7) },
      ],
      vehicles: [
        vehicleRow,
        { ...vehicleRow, id: 'a', vehicleNumber: 'KA 02 A 1', status: 'in_transit' },
        { ...vehicleRow, id: 'b', vehicleNumber: 'KA 02 A 2', vehicleSubtype: 'huge' },
        { ...vehicleRow, id: 'c', vehicleNumber: 'KA 02 A 3', transporterId: at(1) },
        { ...vehicleRow, id: 'd', vehicleNumber: 'KA 02 A 4' },
        { ...vehicleRow, id: 'e', vehicleNumber: 'KA02A4', transporterId: other.id },
        { ...vehicleRow, id: 'f', vehicleNumber: 'mine' },
      ],
    });
    const { accounts, drivers, vehicles, ignoredColumns, otherTables } = await run(false);
    expect(reasons(accounts.refused)).toEqual({
      'role-unknown': 1,
      'no-phone': 1,
      'phone-malformed': 1,
      'phone-twice': 2,
    });
    expect([accounts.found, accounts.new, drivers.found]).toEqual([8, 3, 2]);
    expect(reasons(accounts.notes)).toEqual({ 'phone-in-several-roles': 2, suspended: 1 });
    expect(reasons(accounts.leftOut)).toEqual({ email: 1 });
    expect(reasons(drivers.refused)).toEqual({
      'no-transporter': 1,
      'transporter-not-imported': 1,
    });
    expect(reasons(vehicles.refused)).toEqual({
      'kind-unknown': 1,
      'transporter-not-imported': 1,
      'number-twice': 2,
      'number-malformed': 1,
    });
    expect([vehicles.new, reasons(vehicles.notes)]).toEqual([2, { 'on-a-trip': 1 }]);
    expect(vehicles.refused['kind-unknown']?.examples).toEqual(['b: OPEN / huge']);
    expect(accounts.refused['phone-twice']?.means).toContain('None of them is imported');
    expect(ignoredColumns['User']).toEqual(['passwordHash', 'updatedAt']);
    expect(otherTables).toEqual(['Order']);
    const text = JSON.stringify({ accounts, drivers, vehicles });
    expect(text).toContain('90xxxxxx77');
    for (const phone of text.match(/\d{5,}/g) ?? []) expect(phone).toMatch(/^0{4}|^0+\d$/);
  });

  test.each([
    [
      'a missing table',
      'DROP TABLE public."Vehicle"',
      'has no table of vehicles. Looked for Vehicle,',
    ],
    [
      'a missing column',
      'ALTER TABLE public."User" DROP COLUMN phone',
      'no column for phone. Looked',
    ],
    [
      'a missing right',
      'REVOKE ALL ON public."User" FROM weelo_service',
      'GRANT SELECT ("id", "phone",',
    ],
    ['two tables', 'CREATE TABLE public.users (id text)', 'Several tables could be those of users'],
    ['no key', 'ALTER TABLE public."User" DROP CONSTRAINT "User_pkey"', 'cannot be read in order'],
  ])('says of %s what is missing, before anything is written', async (_, change, sentence) => {
    await begin('camel', fleetRows);
    await sql(change);
    await expect(run(true)).rejects.toThrow('Nothing was imported.');
    await expect(run(true)).rejects.toThrow(sentence);
    expect(await everything()).toEqual({ users: [], vehicles: [], imported: [] });
    expect(await sql('SELECT * FROM weelo.import_runs')).toEqual([]);
  });

  test('asks for the columns that are read, and no others, in words that can be typed', async () => {
    await begin('camel', fleetRows);
    await sql('REVOKE ALL ON public."User", public."Vehicle" FROM weelo_service');
    const refused = await run(true).then(
      () => '',
      (error: Error) => error.message,
    );
    const grants = refused.match(/GRANT [^;]+;/g) ?? [];
    expect(grants).toHaveLength(2);
    expect(grants.join(' ')).not.toContain('passwordHash');
    await sql(grants.join('\n'));
    expect(await run(true)).toMatchObject({ done: 3, of: 3, isFinished: true });
    const may = (column: string) =>
      sql(
        `SELECT has_column_privilege('weelo_service', 'public."User"', $1, 'SELECT') AS "mayRead"`,
        [column],
      );
    expect([await may('phone'), await may('passwordHash')]).toEqual([
      [{ mayRead: true }],
      [{ mayRead: false }],
    ]);
  });

  test('masks phones that stand in ids and in other fields', async () => {
    const phone = '9876543210';
    const spoken = '+91 98765-43210';
    await begin('camel', {
      users: [
        transporterRow,
        { id: phone, role: 'customer', phone: null },
        { id: `user_${phone}`, role: 'customer', phone: '9000044444', email: 'nobody' },
      ],
      vehicles: [
        { ...vehicleRow, id: `0${phone}`, vehicleNumber: spoken },
        { ...vehicleRow, id: 'kind', vehicleSubtype: spoken },
        { ...vehicleRow, id: `91${phone}`, vehicleNumber: 'KA 02 A 1', status: 'sold' },
      ],
    });
    await sql('ALTER TABLE public."User" ALTER COLUMN role TYPE text');
    await fill(sql, 'camel', { users: [{ id: 'role', role: spoken, phone: '9000055555' }] });
    const answer = await run(true);
    expect(answer.accounts.refused['role-unknown']?.examples).toEqual(['role: +9xxxxxx10']);
    expect(answer.accounts.refused['no-phone']?.examples).toEqual(['98xxxxxx10']);
    expect(answer.accounts.leftOut['email']?.examples).toEqual(['user_98xxxxxx10']);
    expect(answer.vehicles.refused['kind-unknown']?.examples).toEqual(['kind: OPEN / +9xxxxxx10']);
    expect(answer.vehicles.leftOut['status']?.examples).toEqual(['91xxxxxx10']);
    expect(JSON.stringify(answer).replaceAll(/[ -]/g, '')).not.toContain('43210');

    await sql('DELETE FROM public."User" WHERE id = $1', [`user_${phone}`]);
    expect((await run(true)).gone['users']?.examples).toEqual(['user_98xxxxxx10']);
  });
});

describe('a later import', () => {
  const change = (table: keyof Rows, set: string, id: string) =>
    sql(`UPDATE ${tableOf('camel', table)} SET ${set} WHERE id = $1`, [id]);
  const nameOf = async (id: string) =>
    (await sql('SELECT name FROM weelo.users WHERE id = $1', [id]))[0]?.['name'];

  test('brings what was changed there, once', async () => {
    await begin('camel', fleetRows);
    await run(true);
    await change('users', `name = 'Rao', "isActive" = false`, transporterRow.id);
    await change('vehicles', 'year = 2020', vehicleRow.id);
    expect((await run(false)).accounts.changed).toBe(1);
    expect(await nameOf(transporterRow.id)).toBeNull();
    const { accounts, drivers, vehicles } = await run(true);
    expect([accounts.changed, drivers.unchanged, vehicles.changed]).toEqual([1, 1, 1]);
    expect(
      await sql('SELECT name, suspended_at IS NULL AS open FROM weelo.users WHERE role = $1', [
        'transporter',
      ]),
    ).toEqual([{ name: 'Rao', open: false }]);
    expect(await sql('SELECT year FROM weelo.vehicles')).toEqual([{ year: 2020 }]);
    const again = await run(true);
    expect([again.accounts.unchanged, again.vehicles.unchanged]).toEqual([1, 1]);
  });

  test.each([
    ['changed', `UPDATE weelo.users SET name = 'Here' WHERE role = 'transporter'`],
    ['logged in to', ''],
  ])('leaves alone what was %s here', async (_, statement) => {
    await begin('camel', fleetRows);
    await run(true);
    if (statement) await sql(statement);
    else await session(transporterRow.id, 'transporter');
    const before = await nameOf(transporterRow.id);
    await change('users', `name = 'There'`, transporterRow.id);
    const { accounts } = await run(true);
    expect([accounts.changed, reasons(accounts.kept)]).toEqual([0, { 'changed-here': 1 }]);
    expect(await nameOf(transporterRow.id)).toBe(before);
  });

  test('does not lift what an operator suspended, though an import had suspended it first', async () => {
    await begin('camel', { users: [{ ...transporterRow, isActive: false }] });
    await run(true);
    const reasonHere = async () =>
      (await sql('SELECT suspension_reason AS reason FROM weelo.users'))[0]?.['reason'];
    const suspend = { phone: '9000011111', role: 'transporter', reason: 'Fraud' };
    await handler({ command: 'suspend-account', input: suspend }, lambdaContext());
    await change('users', '"isActive" = true', transporterRow.id);
    const { accounts } = await run(true);
    expect([accounts.changed, reasons(accounts.kept)]).toEqual([0, { 'changed-here': 1 }]);
    expect(await reasonHere()).toBe('Fraud');

    // What only an import suspended, an import lets in again.
    await sql(`UPDATE weelo.users SET suspension_reason = 'Not active before the cutover'`);
    expect((await run(true)).accounts.changed).toBe(1);
    expect(await reasonHere()).toBeNull();
  });

  test.each([
    ['61', 'is refused: what it has read may have changed since'],
    ['59', 'goes on'],
  ])('that began %s minutes ago and has not finished %s', async (minutes) => {
    await begin('camel', fleetRows);
    const first = await run(true, { batchSize: 1, timeLeftMs: () => 0 });
    expect(first.isFinished).toBe(false);
    await sql(`UPDATE weelo.import_runs SET started_at = now() - $1::int * interval '1 minute'`, [
      minutes,
    ]);
    await change('users', `name = 'Rao'`, transporterRow.id);
    if (minutes === '59') {
      const { startedAt, isFinished } = await run(true);
      expect([isFinished, startedAt < first.startedAt]).toEqual([true, true]);
      return;
    }
    const before = await everything();
    await expect(run(true)).rejects.toThrow(/The last run began at 2.*Begin again, with "restart"/);
    expect(await everything()).toEqual(before);
    const again = await importPredecessor(
      { ...quietly, write: true, restart: true },
      { postgres, ...inTime },
    );
    expect([again.done, again.isFinished, again.accounts.changed]).toEqual([3, true, 1]);
    expect(Date.parse(again.startedAt)).toBeGreaterThanOrEqual(Date.parse(first.startedAt));
    expect(await nameOf(transporterRow.id)).toBe('Rao');
  });

  test('brings nothing back that was removed here, and removes nothing that is gone there', async () => {
    await begin('camel', fleetRows);
    await run(true);
    await sql('DELETE FROM weelo.vehicles');
    await change('vehicles', 'year = 2021', vehicleRow.id);
    await sql('DELETE FROM public."User" WHERE id = $1', [driverRow.id]);
    const { vehicles, gone } = await run(true);
    expect(reasons(vehicles.kept)).toEqual({ 'removed-here': 1 });
    expect(gone['users']).toMatchObject({ count: 1, examples: [driverRow.id] });
    const { users, vehicles: left } = await everything();
    expect([users.length, left]).toEqual([2, []]);
  });

  test('links what was here before, and attaches the fleet to it', async () => {
    await begin('camel', fleetRows);
    const here = await transporter();
    await sql('UPDATE weelo.users SET phone = $1 WHERE id = $2', ['9000011111', here.id]);
    const dry = await run(false);
    const { accounts, vehicles, drivers } = await run(true);
    expect({ accounts, vehicles, drivers }).toEqual(sectionsOf(dry));
    expect([accounts.new, reasons(accounts.kept)]).toEqual([0, { 'here-before': 1 }]);
    expect(await sql('SELECT transporter_id FROM weelo.vehicles')).toEqual([
      { transporter_id: here.id },
    ]);
    expect((await run(true)).accounts.unchanged).toBe(1);
  });

  test('takes no driver or vehicle from another fleet here', async () => {
    await begin('camel', fleetRows);
    const other = await transporter();
    const driver = await driverOf(other);
    await sql('UPDATE weelo.users SET phone = $1 WHERE id = $2', ['9000022222', driver.id]);
    await fleet.upsertVehicle({
      token: other.token,
      body: { vehicleNumber: 'KA01AB0042', vehicleType: 'open', vehicleSubtype: '17 Feet' },
    });
    const { drivers, vehicles } = await run(true);
    expect(reasons(drivers.refused)).toEqual({ 'in-another-fleet-here': 1 });
    expect(reasons(vehicles.refused)).toEqual({ 'in-another-fleet-here': 1 });
  });

  test('refuses a number that another account here has, and another role', async () => {
    const customer = {
      id: 'aaaaaaaa-0000-4000-8000-00000000000c',
      role: 'customer',
      phone: '9000099999',
    };
    await begin('camel', { ...fleetRows, users: [transporterRow, customer] });
    await run(true);
    const other = await transporter();
    await change('users', `phone = '${other.phone}'`, transporterRow.id);
    await change('users', `role = 'transporter'`, customer.id);
    const { accounts } = await run(true);
    expect(reasons(accounts.refused)).toEqual({ 'phone-taken-here': 1, 'role-changed': 1 });
  });
});

/** Does something once, after the batch has looked and before it runs a statement with this text. */
function raced(text: string, somebody: () => Promise<unknown>): Postgres {
  let isDone = false;
  const racing = (db: Database): Database =>
    new Proxy(db, {
      get: (target, name: keyof Database) => {
        if (name !== '$executeRaw' || isDone) return target[name];
        return async (statement: Parameters<Database['$executeRaw']>[0], ...values: unknown[]) => {
          if (!isDone && 'sql' in statement && statement.sql.includes(text)) {
            isDone = true;
            await somebody();
          }
          return target.$executeRaw(statement, ...values);
        };
      },
    });
  return {
    ...postgres,
    transaction: (work) => postgres.transaction((db) => work(racing(db))),
  };
}

const register = (phone: string) =>
  sql(
    `INSERT INTO weelo.users (id, role, phone, name)
     VALUES (gen_random_uuid(), 'transporter', $1, 'Faster')`,
    [phone],
  );

describe('at the same moment', () => {
  test('who registers is not imported a second time, and keeps what is theirs', async () => {
    await begin('camel', fleetRows);
    const written = await run(true, {
      postgres: raced('INSERT INTO weelo.users', () => register('9000011111')),
    });
    expect(reasons(written.accounts.kept)).toEqual({ 'here-before': 1 });
    expect([written.drivers.new, written.vehicles.new]).toEqual([1, 1]);
    expect(await sql(`SELECT name FROM weelo.users WHERE role = 'transporter'`)).toEqual([
      { name: 'Faster' },
    ]);
  });

  test('who registers with the new number of an account keeps it', async () => {
    await begin('camel', fleetRows);
    await run(true);
    await sql('UPDATE public."User" SET phone = $1 WHERE id = $2', [
      '9000012345',
      transporterRow.id,
    ]);
    const written = await run(true, {
      postgres: raced('UPDATE weelo.users', () => register('9000012345')),
    });
    expect(reasons(written.accounts.refused)).toEqual({ 'phone-taken-here': 1 });
    expect(
      await sql(`SELECT name, phone FROM weelo.users WHERE role = 'transporter' ORDER BY phone`),
    ).toEqual([
      { name: null, phone: '9000011111' },
      { name: 'Faster', phone: '9000012345' },
    ]);
  });

  test('who logs in is not changed: the import waits for the login, and sees it', async () => {
    await begin('camel', fleetRows);
    await run(true);
    await sql(`UPDATE public."User" SET name = 'There' WHERE id = $1`, [transporterRow.id]);
    let commit = () => {};
    const waiting = new Promise<void>((resolve) => (commit = resolve));
    let isIn = () => {};
    const inside = new Promise<void>((resolve) => (isIn = resolve));
    const login = postgres.transaction(async (db) => {
      await db.$executeRaw`
        INSERT INTO weelo.sessions (id, user_id, expires_at)
        VALUES (gen_random_uuid(), ${transporterRow.id}::uuid, now() + interval '1 day')
      `;
      isIn();
      await waiting;
    });
    await inside;
    const importing = run(true);
    const waits = `SELECT FROM pg_stat_activity WHERE datname = current_database()
                   AND wait_event_type = 'Lock' AND query LIKE '%is_used%'`;
    await expect.poll(() => sql(waits), { interval: 20 }).toHaveLength(1);
    commit();
    await login;
    const { accounts } = await importing;
    expect([accounts.changed, reasons(accounts.kept)]).toEqual([0, { 'changed-here': 1 }]);
    expect(await sql(`SELECT name FROM weelo.users WHERE role = 'transporter'`)).toEqual([
      { name: null },
    ]);
  });
});

test('two imports at once do the work of one: one goes on, the other is told to wait', async () => {
  await begin('camel', fleetRows);
  let isOver = () => {};
  const over = new Promise<void>((resolve) => (isOver = resolve));
  let hasTurn = () => {};
  const turn = new Promise<void>((resolve) => (hasTurn = resolve));
  const holding = postgres.transaction(async (db) => {
    await takeTurn(db);
    hasTurn();
    await over;
  });
  await turn;
  await expect(run(true)).rejects.toThrow('Another import is running.');
  isOver();
  await holding;

  const racing = await Promise.allSettled(
    Array.from({ length: 4 }, () => run(true, { batchSize: 1 })),
  );
  const Reason = z.object({ message: z.string() });
  for (const each of racing) {
    if (each.status === 'rejected') {
      expect(Reason.parse(each.reason).message).toMatch(/^Another import is running/);
    }
  }
  const { accounts, drivers, vehicles } = await untilFinished(true, 1, []);
  expect([accounts.found, drivers.found, vehicles.found]).toEqual([1, 1, 1]);
  const { users, vehicles: trucks, imported } = await everything();
  expect([users.length, trucks.length, imported.length]).toEqual([2, 1, 3]);
});
