import type { Client } from '@weelo/data';
import { randomUUID } from 'node:crypto';
import * as z from 'zod';

const kind = 'mini_tata_ace';
const line = { vehicleType: 'mini', vehicleSubtype: 'Mini Truck - Tata Ace' } as const;

/** How many trips each transporter has. */
const tripsEach = 20;

/** A trip under way: one truck of an order that has no other. */
export const PlantedTrip = z.object({
  tripId: z.string(),
  orderId: z.string(),
  customerId: z.string(),
  transporterId: z.string(),
  driverId: z.string(),
  truckId: z.string(),
  holdId: z.string(),
  vehicleId: z.string(),
});

export type PlantedTrip = z.output<typeof PlantedTrip>;

/** Trucks that have left for the drop. */
export async function plantTrips(client: Client, count: number): Promise<readonly PlantedTrip[]> {
  const transporterIds = Array.from({ length: Math.ceil(count / tripsEach) }, () => randomUUID());
  const trips = Array.from({ length: count }, (_, i) => ({
    tripId: randomUUID(),
    orderId: randomUUID(),
    customerId: randomUUID(),
    transporterId: transporterIds[Math.floor(i / tripsEach)] ?? '',
    driverId: randomUUID(),
    truckId: randomUUID(),
    holdId: randomUUID(),
    vehicleId: randomUUID(),
  }));
  await client.query(
    `INSERT INTO weelo.users (id, role, phone, name, company, verified_at)
     SELECT id, 'transporter', (7200000000 + n)::text, 'Owner ' || n, 'Rao Roadlines', now()
     FROM unnest($1::uuid[]) WITH ORDINALITY AS t (id, n)`,
    [transporterIds],
  );
  const planted = JSON.stringify(trips.map((trip, number) => ({ ...trip, number })));
  for (const statement of statements) await client.query(`${statement} ${fromTrips}`, [planted]);
  // By itself it would come in time; here nobody waits for it.
  await client.query('VACUUM ANALYZE');
  return trips;
}

const fromTrips = `
  FROM jsonb_to_recordset($1::jsonb) AS t (
    "tripId" uuid, "orderId" uuid, "customerId" uuid, "transporterId" uuid, "driverId" uuid, "truckId" uuid,
    "holdId" uuid, "vehicleId" uuid, number int
  )
`;

const numberOfVehicle = `'KA10' || chr(65 + number / 10000) || number % 10000`;

/** In the order in which their rows refer to each other. */
const statements = [
  `INSERT INTO weelo.users (id, role, phone, name, verified_at)
   SELECT "customerId", 'customer', (6400000000 + number)::text, 'Customer ' || number, now()`,
  `INSERT INTO weelo.users (id, role, phone, name, transporter_id, verified_at)
   SELECT "driverId", 'driver', (7100000000 + number)::text, 'Driver ' || number, "transporterId", now()`,
  `INSERT INTO weelo.vehicles (
     id, transporter_id, number, vehicle_key, vehicle_type, vehicle_subtype, capacity, status
   )
   SELECT "vehicleId", "transporterId", ${numberOfVehicle}, '${kind}', '${line.vehicleType}',
          '${line.vehicleSubtype}', '1 Ton', 'in_transit'`,
  `INSERT INTO weelo.orders (
     id, customer_id, idempotency_key, payload_hash, pickup_latitude, pickup_longitude, pickup_address,
     drop_latitude, drop_longitude, drop_address, distance_km, total_amount, needed, claimed, filled, status,
     search_deadline, search_closed_at, wave, event_version, online_candidates, notified_transporters
   )
   SELECT "orderId", "customerId", md5('intent ' || number), md5('order ' || number),
          28.5, 77.4, 'Sector 18, Noida', 26.9, 80.9, 'Hazratganj, Lucknow', 480, 9000, 1, 1, 1, 'in_progress',
          now(), now(), 1, 7, 10, 10`,
  `INSERT INTO weelo.truck_requests (
     id, order_id, number, vehicle_key, vehicle_type, vehicle_subtype, price_per_truck, quoted_price_per_truck, status
   )
   SELECT "truckId", "orderId", 1, '${kind}', '${line.vehicleType}', '${line.vehicleSubtype}', 9000, 9000,
          'in_progress'`,
  `INSERT INTO weelo.holds (
     id, order_id, transporter_id, vehicle_key, quantity, status, expires_at, ended_at
   )
   SELECT "holdId", "orderId", "transporterId", '${kind}', 1, 'confirmed', now(), now()`,
  `INSERT INTO weelo.assignments (
     id, order_id, truck_request_id, hold_id, transporter_id, driver_id, vehicle_id, vehicle_number, status,
     live_vehicle_id, live_driver_id, answer_by, accepted_at, moved_at, started_at
   )
   SELECT "tripId", "orderId", "truckId", "holdId", "transporterId", "driverId", "vehicleId", ${numberOfVehicle},
          'in_transit', "vehicleId", "driverId", now(), now() - interval '1 hour', now(), now() - interval '1 hour'`,
];
