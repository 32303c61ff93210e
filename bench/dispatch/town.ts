import type { Client } from '@weelo/data';
import { randomUUID } from 'node:crypto';
import type { Position } from '../../src/places/position.ts';
import { randomFrom, type Random } from '../geo/captains.ts';

/** The kind of all trucks and all orders here. */
export const kind = 'mini_tata_ace';
export const line = { vehicleType: 'mini', vehicleSubtype: 'Mini Truck - Tata Ace' } as const;

/** An order is offered for each truck three times at once: so nobody is ever without room for one more offer. */
const trucksEach = 4;
const centre = { latitude: 28.55, longitude: 77.25 };
/** Degrees, from one side to the other: 22 km. A thousand captains are then ten within two kilometres. */
const across = 0.2;

export interface TownsCaptain {
  readonly id: string;
  readonly position: Position;
}

/** A town with captains, each with trucks, and customers who have not ordered before. */
export interface Town {
  readonly captains: readonly TownsCaptain[];
  readonly customerIds: readonly string[];
  /** Somewhere in it, each time elsewhere. */
  readonly somewhere: () => Position;
}

export async function plantTown(
  client: Client,
  { captains: captainsCount, customers }: { readonly captains: number; readonly customers: number },
): Promise<Town> {
  const random = randomFrom(13);
  const somewhere = () => within(random);
  const captains = Array.from({ length: captainsCount }, () => ({
    id: randomUUID(),
    position: somewhere(),
  }));
  const customerIds = Array.from({ length: customers }, () => randomUUID());
  await plantUsers(client, 'customer', customerIds);
  await plantUsers(
    client,
    'transporter',
    captains.map(({ id }) => id),
  );
  await client.query(
    `INSERT INTO weelo.vehicles (
       id, transporter_id, number, vehicle_key, vehicle_type, vehicle_subtype, capacity
     )
     SELECT gen_random_uuid(), id, 'DL' || truck || 'X' || n, $2, $3, $4, '1 Ton'
     FROM unnest($1::uuid[]) WITH ORDINALITY AS t (id, n), generate_series(10, 9 + $5::int) AS truck`,
    [captains.map(({ id }) => id), kind, line.vehicleType, line.vehicleSubtype, trucksEach],
  );
  await client.query('VACUUM ANALYZE');
  return { captains, customerIds, somewhere };
}

async function plantUsers(
  client: Client,
  role: 'customer' | 'transporter',
  ids: readonly string[],
): Promise<void> {
  await client.query(
    `INSERT INTO weelo.users (id, role, phone, name, verified_at)
     SELECT id, $2::text::weelo.role, (CASE $2 WHEN 'customer' THEN 6800000000 ELSE 6900000000 END + n)::text, 'User ' || n, now()
     FROM unnest($1::uuid[]) WITH ORDINALITY AS t (id, n)`,
    [ids, role],
  );
}

function within(random: Random): Position {
  const { latitude, longitude } = centre;
  const beside = () => (random() - 0.5) * across;
  return { latitude: latitude + beside(), longitude: longitude + beside() };
}
