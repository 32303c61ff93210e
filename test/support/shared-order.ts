import type { Eta, TripPosition } from '../../src/contract/http/tracking/views.ts';
import type { OrderSnapshot } from '../../src/orders/order/order-snapshot.ts';

type Truck = OrderSnapshot['requests'][number];

/** 14:06 in India. */
export const now = new Date('2026-01-31T08:36:00.000Z');
export const tripIds = [
  '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e28',
  '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e29',
] as const;

const place = (latitude: number, longitude: number, address: string) => ({
  latitude,
  longitude,
  lat: latitude,
  lng: longitude,
  coordinates: { latitude, longitude },
  address,
  city: null,
  state: null,
});
const pickup = place(28.535512, 77.391026, 'House 7, Sector 18, Noida');
const drop = place(28.613939, 77.209023, 'Flat 2, 14 Barakhamba Road, Delhi');
export const names = { pickup: 'Sector 18, Noida', drop: 'Connaught Place, New Delhi' };

/** A truck whose driver is on the road. */
export const truck = (change: Partial<Truck> = {}): Truck => ({
  id: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e40',
  orderId: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e22',
  requestNumber: 1,
  vehicleType: 'open',
  vehicleSubtype: '17 Feet',
  pricePerTruck: 4321,
  quotedPricePerTruck: 4321,
  status: 'in_progress',
  assignedTransporterId: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e25',
  assignedTransporterName: 'Kapoor Transport',
  assignedVehicleNumber: 'KA05MX4321',
  assignedDriverId: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e32',
  assignedDriverName: 'Ramesh Kumar Yadav',
  assignedDriverPhone: '9700000001',
  tripId: tripIds[0],
  tripStatus: 'in_transit',
  assignedAt: '2026-01-31T07:00:00.000Z',
  tripAcceptedAt: '2026-01-31T07:00:00.000Z',
  tripStartedAt: '2026-01-31T07:00:00.000Z',
  tripEndedAt: null,
  createdAt: '2026-01-31T07:00:00.000Z',
  updatedAt: '2026-01-31T07:00:00.000Z',
  ...change,
});

/** An order from Noida to Delhi. */
export function snapshot(...requests: readonly Truck[]): OrderSnapshot {
  return {
    order: {
      id: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e22',
      customerId: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e23',
      customerName: 'Asha Verma',
      customerPhone: '9000000001',
      pickup,
      drop,
      routePoints: [
        { ...pickup, type: 'PICKUP', stopIndex: 0 },
        { ...drop, type: 'DROP', stopIndex: 1 },
      ],
      distanceKm: 25,
      totalTrucks: requests.length,
      trucksFilled: requests.length,
      totalAmount: 4321,
      goodsType: 'Furniture',
      weight: null,
      status: 'in_progress',
      scheduledAt: null,
      expiresAt: '2026-01-31T07:01:00.000Z',
      createdAt: '2026-01-31T07:00:00.000Z',
      updatedAt: '2026-01-31T07:00:00.000Z',
      eventVersion: 7,
    },
    requests: [...requests],
    searchOpen: false,
    wave: 1,
    onlineCandidates: 1,
    notifiedTransporters: 1,
    reasonCode: null,
  };
}

/** Where the truck was 20 seconds ago. */
export const position = (change: Partial<TripPosition> = {}): TripPosition => ({
  tripId: tripIds[0],
  driverId: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e32',
  driverName: 'Ramesh Kumar Yadav',
  vehicleNumber: 'KA05MX4321',
  status: 'in_transit',
  latitude: 28.5702,
  longitude: 77.3211,
  speed: 11.2,
  bearing: 292,
  lastUpdated: '2026-01-31T08:35:40.000Z',
  isInaccurate: false,
  isStale: false,
  staleSince: null,
  staleReason: null,
  distanceDrivenKm: 9,
  ...change,
});

export const eta = (change: Partial<Eta> = {}): Eta => ({
  to: 'drop',
  durationMinutes: 35,
  lowMinutes: 28,
  highMinutes: 47,
  durationText: '35 min',
  distanceKm: 16,
  isStale: false,
  staleSince: null,
  staleReason: null,
  ...change,
});

/** Nothing was heard of it for more than a minute. */
export const silent = {
  lastUpdated: '2026-01-31T08:34:00.000Z',
  isStale: true,
  staleSince: '2026-01-31T08:34:00.000Z',
  staleReason: 'poor_network',
} as const;
