import * as z from 'zod';
import { OrderView, TruckRequestView, searchFacts } from '../contract/orders.ts';
import { isLive } from './order.ts';
import type { OrderRow, StopRow, WholeOrder } from './order-store.ts';

/** An order as it stood at one version: all that a reader needs, but for the time. */
export const OrderSnapshot = z.object({
  order: OrderView.omit({ expiresIn: true }),
  requests: z.array(TruckRequestView),
  searchOpen: z.boolean(),
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
    requests: row.trucks.map((truck) => ({
      id: truck.id,
      orderId: row.id,
      requestNumber: truck.number,
      vehicleType: truck.vehicleType,
      vehicleSubtype: truck.vehicleSubtype,
      pricePerTruck: truck.pricePerTruck,
      quotedPricePerTruck: truck.quotedPricePerTruck,
      status: truck.status,
      ...nobodyYet,
      createdAt: new Date(truck.createdAtMs).toISOString(),
      updatedAt: new Date(truck.updatedAtMs).toISOString(),
    })),
    searchOpen: row.search_closed_at === null,
    reasonCode: searchFacts.reasonCode.parse(row.reason_code),
  };
}

/** Who drives comes with assignments. */
const nobodyYet = {
  assignedTransporterId: null,
  assignedTransporterName: null,
  assignedVehicleNumber: null,
  assignedDriverName: null,
  assignedDriverPhone: null,
  tripId: null,
  assignedAt: null,
} as const;

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

/** Every spelling of a place that one of the apps reads. */
function locationView({ latitude, longitude, address, city, state }: StopRow) {
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
function timeLeft({ order }: OrderSnapshot, now: Date): number {
  return Math.max(0, Date.parse(order.expiresAt) - now.getTime());
}

/** P6: past its deadline it must not be shown as it is. */
export function isOverdue(snapshot: OrderSnapshot, now: Date): boolean {
  return snapshot.searchOpen && timeLeft(snapshot, now) === 0;
}

const secondsLeft = (snapshot: OrderSnapshot, now: Date) =>
  snapshot.searchOpen ? Math.ceil(timeLeft(snapshot, now) / 1000) : 0;

export function orderView(snapshot: OrderSnapshot, now: Date): z.input<typeof OrderView> {
  return { ...snapshot.order, expiresIn: secondsLeft(snapshot, now) };
}

/** How the search stands. Nobody is asked before dispatch is; then these say how many were. */
export function searchView({ searchOpen, reasonCode }: OrderSnapshot, now: Date) {
  return {
    dispatchState: searchOpen ? 'queued' : 'closed',
    dispatchAttempts: 0,
    onlineCandidates: 0,
    notifiedTransporters: 0,
    reasonCode,
    serverTimeMs: now.getTime(),
  };
}

export function detailView(snapshot: OrderSnapshot, now: Date) {
  const { requests } = snapshot;
  const count = (status: string) => requests.filter((each) => each.status === status).length;
  return {
    order: orderView(snapshot, now),
    requests,
    summary: {
      totalTrucks: requests.length,
      trucksFilled: snapshot.order.trucksFilled,
      trucksSearching: count('searching'),
      trucksExpired: count('expired'),
    },
  };
}

export function stateView(snapshot: OrderSnapshot, now: Date) {
  const { id, status, expiresAt, eventVersion } = snapshot.order;
  return {
    orderId: id,
    status,
    remainingSeconds: secondsLeft(snapshot, now),
    isActive: isLive(status),
    expiresAt,
    eventVersion,
    ...searchView(snapshot, now),
  };
}

/** A line of a customer's history. */
export function listedView(snapshot: OrderSnapshot, now: Date) {
  const count = (...statuses: readonly string[]) =>
    snapshot.requests.filter(({ status }) => statuses.includes(status)).length;
  return {
    ...orderView(snapshot, now),
    requestsSummary: {
      total: snapshot.requests.length,
      searching: count('searching', 'held'),
      assigned: count('assigned', 'in_progress'),
      completed: count('completed'),
      expired: count('expired'),
    },
  };
}
