export const tripId = '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e28';
export const orderId = '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e22';
export const transporterId = '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e25';

const fresh = { isStale: false, staleSince: null, staleReason: null } as const;
const stale = {
  isStale: true,
  staleSince: '2026-01-31T10:40:00.000Z',
  staleReason: 'poor_network',
} as const;

export const position = {
  tripId,
  driverId: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e32',
  driverName: 'Ramesh Kumar',
  vehicleNumber: 'KA05MX4321',
  status: 'in_transit',
  latitude: 28.5702,
  longitude: 77.3211,
  speed: 11.2,
  bearing: 292,
  lastUpdated: '2026-01-31T10:40:00.000Z',
  isInaccurate: false,
  ...fresh,
  distanceDrivenKm: 9,
} as const;

export const stalePosition = { ...position, ...stale } as const;

export const eta = {
  to: 'drop',
  durationMinutes: 35,
  lowMinutes: 28,
  highMinutes: 47,
  durationText: '35 min',
  distanceKm: 16,
  ...fresh,
} as const;

export const point = {
  latitude: 28.5702,
  longitude: 77.3211,
  speed: 11.2,
  bearing: 292,
  accuracy: 8,
  timestamp: '2026-01-31T10:40:00.000Z',
} as const;

export const taken = {
  tripId,
  processed: 1,
  accepted: 1,
  stale: 0,
  duplicate: 0,
  invalid: 0,
  lastAcceptedTimestamp: point.timestamp,
} as const;
