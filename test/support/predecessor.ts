import * as fc from 'fast-check';

type Sql = (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]>;

/** Prisma's own names, or names in snake case with a table of drivers. Both are made up: nobody has seen the real ones. */
export const styles = ['camel', 'snake'] as const;
export type Style = (typeof styles)[number];

type Row = Readonly<Record<string, unknown>>;
export interface Rows {
  readonly users: readonly Row[];
  readonly drivers: readonly Row[];
  readonly vehicles: readonly Row[];
}

const ddl: Record<Style, string> = {
  camel: `
    CREATE TYPE public."UserRole" AS ENUM ('customer', 'transporter', 'driver', 'admin');
    CREATE TABLE public."User" (
      id text PRIMARY KEY, phone text, role public."UserRole", name text, email text, "profilePhoto" text,
      "businessName" text, "gstNumber" text, "panNumber" text, "businessAddress" text, city text, state text,
      "licenseNumber" text, "transporterId" text, "isActive" boolean DEFAULT true, "passwordHash" text,
      "createdAt" timestamp(3) DEFAULT now(), "updatedAt" timestamp(3) DEFAULT now()
    );
    CREATE TABLE public."Vehicle" (
      id text PRIMARY KEY, "transporterId" text, "vehicleNumber" text, "vehicleType" text, "vehicleSubtype" text,
      capacity text, model text, year int, status text, "maintenanceReason" text, "rcNumber" text,
      "rcExpiry" timestamp(3), "insuranceExpiry" timestamp(3), "isVerified" boolean, "isActive" boolean,
      "assignedDriverId" text, "createdAt" timestamp(3) DEFAULT now()
    );
    CREATE TABLE public."Order" (id text PRIMARY KEY, "customerId" text);`,
  snake: `
    CREATE TABLE public.users (
      id uuid PRIMARY KEY, phone_number varchar(24), role varchar(20), name text, email text, company text,
      gst_number text, city text, is_active boolean DEFAULT true, created_at timestamptz DEFAULT now()
    );
    CREATE TABLE public.drivers (
      id integer PRIMARY KEY, transporter_id uuid, phone varchar(24), name text, license_number text,
      is_active boolean, created_at timestamptz DEFAULT now()
    );
    CREATE TABLE public.vehicles (
      id bigint PRIMARY KEY, transporter_id uuid, vehicle_number text, vehicle_type text, vehicle_subtype text,
      capacity text, model text, year int, status text, maintenance_reason text, rc_number text, rc_expiry text,
      insurance_expiry text, is_verified boolean, is_active boolean, created_at timestamptz DEFAULT now()
    );
    CREATE TABLE public.orders (id uuid PRIMARY KEY);`,
};

const names: Record<Style, Record<keyof Rows, string>> = {
  camel: { users: '"User"', drivers: '"User"', vehicles: '"Vehicle"' },
  snake: { users: 'users', drivers: 'drivers', vehicles: 'vehicles' },
};

export const tableOf = (style: Style, table: keyof Rows) => `public.${names[style][table]}`;

/** Makes the predecessor's tables anew, empty, and lets the service read them as the runbook says. */
export async function makePredecessor(sql: Sql, style: Style): Promise<void> {
  await sql('DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public');
  await sql(ddl[style]);
  await sql('GRANT USAGE ON SCHEMA public TO weelo_service');
  for (const table of new Set(Object.values(names[style]))) {
    await sql(`GRANT SELECT ON public.${table} TO weelo_service`);
  }
}

/** Renames what the style calls otherwise. */
function styled(style: Style, table: keyof Rows, row: Row): Row {
  const snake = (name: string) => name.replaceAll(/[A-Z]/g, (each) => `_${each.toLowerCase()}`);
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      if (style === 'snake') {
        return [table === 'users' && name === 'phone' ? 'phone_number' : snake(name), value];
      }
      const renamed = { company: 'businessName', address: 'businessAddress' }[name];
      return [renamed ?? name, value];
    }),
  );
}

export async function fill(sql: Sql, style: Style, rows: Partial<Rows>): Promise<void> {
  for (const table of ['users', 'drivers', 'vehicles'] as const) {
    const records = (rows[table] ?? []).map((row) => styled(style, table, row));
    for (const columns of new Set(records.map((each) => Object.keys(each).toSorted().join()))) {
      const same = records.filter((each) => Object.keys(each).toSorted().join() === columns);
      const list = columns
        .split(',')
        .map((column) => `"${column}"`)
        .join(', ');
      const name = tableOf(style, table);
      await sql(
        `INSERT INTO ${name} (${list})
         SELECT ${list} FROM jsonb_populate_recordset(NULL::${name}, $1::jsonb)`,
        [JSON.stringify(same)],
      );
    }
  }
}

const uuid = (n: number, kind: number) =>
  `00000000-0000-4000-8${kind}00-${String(n).padStart(12, '0')}`;
/** Ids as the style has them; Prisma's are texts of several kinds. */
const idsOf: Record<Style, Record<keyof Rows, (n: number) => string | number>> = {
  camel: {
    users: (n) => [uuid(n, 1), `clx${n}user`, uuid(n, 1).toUpperCase()][n % 3] ?? '',
    drivers: (n) => (n % 2 === 0 ? uuid(n, 2) : `clx${n}driver`),
    vehicles: (n) => (n % 2 === 0 ? uuid(n, 3) : `clx${n}vehicle`),
  },
  snake: { users: (n) => uuid(n, 1), drivers: (n) => n, vehicles: (n) => n * 100_000_000_007 },
};

const digits = fc.integer({ min: 0, max: 14 }).map((n) => `98765432${String(n).padStart(2, '0')}`);
const phone = fc.oneof(
  { weight: 8, arbitrary: digits },
  { weight: 1, arbitrary: digits.map((n) => `+91 ${n.slice(0, 5)}-${n.slice(5)}`) },
  { weight: 1, arbitrary: digits.map((n) => `0${n}`) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(null, '', 'none', '12345', '1234567890', '+4915112345678'),
  },
);
const role = (style: Style) =>
  fc.constantFrom(
    'customer',
    'transporter',
    'transporter',
    'admin',
    null,
    ...(style === 'camel' ? ['driver'] : ['CUSTOMER', 'driver', 'shipper']),
  );
const number = fc.oneof(
  fc.integer({ min: 0, max: 20 }).map((n) => `ka 01-ab ${1000 + n}`),
  fc.integer({ min: 0, max: 20 }).map((n) => `KA01AB${1000 + n}`),
  fc.constantFrom(null, '', 'TRUCK 1', '०१'),
);
const kind = fc.constantFrom(
  ...(
    [
      ['open', '17 Feet'],
      ['OPEN', '17ft'],
      ['lcv', '14 Feet Open'],
      ['trailer', '8-11 Ton Trailer'],
      ['open', 'very long'],
      ['spaceship', '17 Feet'],
      [null, '17 Feet'],
      ['open', null],
    ] as const
  ).map(([vehicleType, vehicleSubtype]) => ({ vehicleType, vehicleSubtype })),
);
const status = fc.constantFrom(
  'available',
  'on_hold',
  'in_transit',
  'MAINTENANCE',
  'inactive',
  'sold',
  null,
);

const listOf = <T>(arbitrary: fc.Arbitrary<T>, most: number) =>
  fc.array(arbitrary, { maxLength: most, size: 'max' });

/** Rows as twelve years of use leave them: some are right, and the others are wrong in every way we know. */
export function dirtyRows(style: Style, most: number): fc.Arbitrary<Rows> {
  const ids = idsOf[style];
  const fleetOf = fc.oneof(
    { weight: 6, arbitrary: fc.nat(most).map((n) => ids.users(n)) },
    { weight: 1, arbitrary: fc.constantFrom(null, uuid(999_999, 9)) },
  );
  const text = fc.constantFrom(null, '', '  Rao  ', 'A\u0007B', 'x'.repeat(300));
  const person = { phone, name: text, isActive: fc.constantFrom(true, true, false, null) };
  const users = listOf(
    fc.record({ ...person, role: role(style), email: text, company: text }),
    most,
  );
  const drivers = listOf(
    fc.record({ ...person, transporterId: fleetOf, licenseNumber: text }),
    most,
  );
  const vehicles = listOf(
    fc.record({
      kind,
      transporterId: fleetOf,
      vehicleNumber: number,
      status,
      year: fc.constantFrom(null, 2019, 19, 3000),
      maintenanceReason: text,
      rcExpiry: style === 'snake' ? fc.constantFrom(null, '2027-03-31', 'soon') : fc.constant(null),
    }),
    most,
  );
  return fc.record({ users, drivers, vehicles }).map((found) => ({
    users: found.users.map((row, n) => ({ id: ids.users(n), ...row })),
    drivers: found.drivers.map((row, n) => ({
      id: ids.drivers(n),
      ...row,
      ...(style === 'camel' && { role: 'driver' }),
    })),
    vehicles: found.vehicles.map(({ kind: named, ...row }, n) => ({
      id: ids.vehicles(n),
      ...named,
      ...row,
    })),
  }));
}
