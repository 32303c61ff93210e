import type { startOwnPostgres } from '../../test/support/engines/own-postgres.ts';
import { vehicleKinds } from '../../src/catalogue/vehicle-kind.ts';
import type { Captain } from './captains.ts';

type OwnPostgres = Awaited<ReturnType<typeof startOwnPostgres>>;

const atATime = 20_000;
const kinds = new Map(vehicleKinds.map((kind) => [kind.key, kind]));

/** One vehicle of each of a captain's kinds; every other one is free. */
export async function storeVehicles({ sql }: OwnPostgres, captains: readonly Captain[]) {
  let stored = 0;
  for (let first = 0; first < captains.length; first += atATime) {
    const some = captains.slice(first, first + atATime);
    await sql(
      `INSERT INTO weelo.users (id, role, phone)
       SELECT id, 'transporter', (7000000000 + ${first} + n)::text
       FROM unnest($1::uuid[]) WITH ORDINALITY AS t (id, n)`,
      [some.map(({ id }) => id)],
    );
    const vehicles = some.flatMap(({ id, kinds: own }) =>
      [...new Set(own)].map((key) => ({ id, key, ...kinds.get(key) })),
    );
    await sql(
      `INSERT INTO weelo.vehicles
         (id, transporter_id, number, vehicle_key, vehicle_type, vehicle_subtype, capacity, status)
       SELECT gen_random_uuid(), id, 'KA' || (${stored} + n) / 10000 || 'X' || (${stored} + n) % 10000, key, type, name, '9 Ton',
              (CASE n % 2 WHEN 0 THEN 'available' ELSE 'in_transit' END)::weelo.vehicle_status
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS t (id, key, type, name, n)`,
      [
        vehicles.map(({ id }) => id),
        vehicles.map(({ key }) => key),
        vehicles.map(({ type }) => type?.id ?? ''),
        vehicles.map(({ name }) => name ?? ''),
      ],
    );
    stored += vehicles.length;
  }
  await sql('VACUUM ANALYZE weelo.users, weelo.vehicles');
}
