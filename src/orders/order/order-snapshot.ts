import * as z from 'zod';
import { OrderView, TruckRequestView, searchFacts } from '../../contract/http/orders/views.ts';
import { nameOfDriver, nameOfTransporter } from './names-shown.ts';
import type { OrderRow, StopRow, TruckRow, WholeOrder } from './order-row.ts';

/** An order at one version: all that a reader needs, except what depends on the time. */
export const OrderSnapshot = z.object({
  order: OrderView.omit({ expiresIn: true }),
  requests: z.array(TruckRequestView),
  searchOpen: z.boolean(),
  wave: z.int().nonnegative(),
  onlineCandidates: searchFacts.onlineCandidates,
  notifiedTransporters: searchFacts.notifiedTransporters,
  reasonCode: searchFacts.reasonCode,
});

export type OrderSnapshot = z.output<typeof OrderSnapshot>;

export function snapshotOf(row: WholeOrder): OrderSnapshot {
  return {
    order: {
      id: row.id,
      customerId: row.customer_id,
      customerName: row.customer_name ?? 'Customer',
      customerPhone: row.customer_phone,
      ...placesOf(row),
      distanceKm: row.distance_km,
      totalTrucks: row.needed,
      trucksFilled: row.filled,
      totalAmount: row.total_amount,
      goodsType: row.goods_type,
      weight: row.cargo_weight_kg === null ? null : `${row.cargo_weight_kg} kg`,
      status: row.status,
      scheduledAt: row.scheduled_at?.toISOString() ?? null,
      expiresAt: row.search_deadline.toISOString(),
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
      eventVersion: row.event_version,
    },
    requests: row.trucks.map((truck) => requestOf(row.id, truck)),
    searchOpen: row.search_closed_at === null,
    wave: row.wave,
    onlineCandidates: row.online_candidates,
    notifiedTransporters: row.notified_transporters,
    reasonCode: searchFacts.reasonCode.parse(row.reason_code),
  };
}

function requestOf(orderId: string, truck: TruckRow): OrderSnapshot['requests'][number] {
  const { assigned } = truck;
  return {
    id: truck.id,
    orderId,
    requestNumber: truck.number,
    vehicleType: truck.vehicleType,
    vehicleSubtype: truck.vehicleSubtype,
    pricePerTruck: truck.pricePerTruck,
    quotedPricePerTruck: truck.quotedPricePerTruck,
    status: truck.status,
    assignedTransporterId: assigned?.transporterId ?? null,
    assignedTransporterName: assigned ? nameOfTransporter(assigned.transporterName) : null,
    assignedVehicleNumber: assigned?.vehicleNumber ?? null,
    assignedDriverId: assigned?.driverId ?? null,
    assignedDriverName: assigned ? nameOfDriver(assigned.driverName) : null,
    assignedDriverPhone: assigned?.driverPhone ?? null,
    tripId: assigned?.assignmentId ?? null,
    tripStatus: assigned?.status ?? null,
    assignedAt: instant(assigned?.assignedAtMs),
    tripAcceptedAt: instant(assigned?.acceptedAtMs),
    tripStartedAt: instant(assigned?.startedAtMs),
    tripEndedAt: instant(assigned?.endedAtMs),
    createdAt: new Date(truck.createdAtMs).toISOString(),
    updatedAt: new Date(truck.updatedAtMs).toISOString(),
  };
}

const instant = (atMs: number | null | undefined) =>
  atMs === null || atMs === undefined ? null : new Date(atMs).toISOString();

function placesOf(row: OrderRow & { readonly stops: readonly StopRow[] }) {
  const pickup = locationView({
    latitude: row.pickup_latitude,
    longitude: row.pickup_longitude,
    address: row.pickup_address,
    city: row.pickup_city,
    state: row.pickup_state,
  });
  const drop = locationView({
    latitude: row.drop_latitude,
    longitude: row.drop_longitude,
    address: row.drop_address,
    city: row.drop_city,
    state: row.drop_state,
  });
  const stops = row.stops.map((stop) => ({ ...locationView(stop), type: 'STOP' as const }));
  const points = [
    { ...pickup, type: 'PICKUP' as const },
    ...stops,
    { ...drop, type: 'DROP' as const },
  ];
  return { pickup, drop, routePoints: points.map((point, stopIndex) => ({ ...point, stopIndex })) };
}

/** A place, under all field names that the apps read. */
export function locationView({ latitude, longitude, address, city, state }: StopRow) {
  return {
    latitude,
    longitude,
    lat: latitude,
    lng: longitude,
    coordinates: { latitude, longitude },
    address,
    city,
    state,
  };
}

/** Milliseconds until the search ends. */
export function timeLeft({ order }: OrderSnapshot, now: Date): number {
  return Math.max(0, Date.parse(order.expiresAt) - now.getTime());
}

/** P6: a snapshot whose deadline has passed must not be shown. */
export function isOverdue(snapshot: OrderSnapshot, now: Date): boolean {
  return snapshot.searchOpen && timeLeft(snapshot, now) === 0;
}
