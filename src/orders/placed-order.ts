import type { OrderToPlace, Placer, WholeOrder } from './order-store.ts';
import { orderView, searchView, type OrderSnapshot } from './order-snapshot.ts';
import { searchSeconds } from './order.ts';

type Stored = Pick<WholeOrder, 'created_at' | 'search_deadline'>;

/** An order as its row is read a moment after it was written: nobody else has touched it. */
export function rowOf(
  order: OrderToPlace,
  customer: Pick<Placer, 'name' | 'phone'>,
  { created_at, search_deadline }: Stored,
): WholeOrder {
  const { pickup, drop, trucks } = order;
  const createdAtMs = created_at.getTime();
  return {
    id: order.id,
    customer_id: order.customerId,
    customer_name: customer.name,
    customer_phone: customer.phone,
    idempotency_key: order.idempotencyKey,
    payload_hash: order.payloadHash,
    status: 'broadcasting',
    pickup_latitude: pickup.latitude,
    pickup_longitude: pickup.longitude,
    pickup_address: pickup.address,
    pickup_city: pickup.city ?? null,
    pickup_state: pickup.state ?? null,
    drop_latitude: drop.latitude,
    drop_longitude: drop.longitude,
    drop_address: drop.address,
    drop_city: drop.city ?? null,
    drop_state: drop.state ?? null,
    distance_km: order.distanceKm,
    goods_type: order.goodsType ?? null,
    cargo_weight_kg: order.cargoWeightKg ?? null,
    scheduled_at: order.scheduledAt ?? null,
    total_amount: order.totalAmount,
    needed: trucks.length,
    claimed: 0,
    filled: 0,
    search_deadline,
    search_closed_at: null,
    reason_code: null,
    event_version: 1,
    created_at,
    updated_at: created_at,
    is_overdue: false,
    trucks: trucks.map((truck) => ({
      ...truck,
      status: 'searching',
      createdAtMs,
      updatedAtMs: createdAtMs,
    })),
    stops: order.stops.map(({ city = null, state = null, ...stop }) => ({ ...stop, city, state })),
  };
}

/** What the customer app is answered when it has placed an order. */
export function placedView(snapshot: OrderSnapshot, now: Date) {
  const { requests } = snapshot;
  const kinds = Object.values(
    Object.groupBy(requests, (each) => `${each.vehicleType} ${each.vehicleSubtype}`),
  );
  return {
    order: orderView(snapshot, now),
    truckRequests: requests,
    broadcastSummary: {
      totalRequests: requests.length,
      totalTransportersNotified: 0,
      groupedBy: kinds.flatMap((theirs = []) =>
        theirs.slice(0, 1).map(({ vehicleType, vehicleSubtype }) => ({
          vehicleType,
          vehicleSubtype,
          count: theirs.length,
          transportersNotified: 0,
        })),
      ),
    },
    timeoutSeconds: searchSeconds,
    ...searchView(snapshot, now),
    recoveryHint: null,
  };
}
