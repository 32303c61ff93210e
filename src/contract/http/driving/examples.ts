const at = '2026-01-31T09:30:00.000Z';
export const driverId = '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e32';

export const trip = {
  id: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e28',
  bookingId: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e22',
  customerId: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e23',
  customerName: 'Asha Rao',
  customerPhone: '9876543210',
  driverId,
  driverName: 'Ramesh Kumar',
  vehicleId: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e31',
  vehicleNumber: 'KA05MX4321',
  vehicleType: 'open',
  pickup: { latitude: 28.5355, longitude: 77.391, address: 'Sector 18, Noida' },
  drop: { latitude: 28.6139, longitude: 77.209, address: 'Connaught Place, New Delhi' },
  distanceKm: 25,
  fare: 6400,
  status: 'in_progress',
  startedAt: '2026-01-31T10:25:00.000Z',
  completedAt: null,
  createdAt: at,
} as const;

export const completedTrip = {
  ...trip,
  id: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e51',
  customerPhone: null,
  status: 'completed',
  completedAt: '2026-01-30T12:10:00.000Z',
  startedAt: '2026-01-30T11:05:00.000Z',
  createdAt: '2026-01-30T10:20:00.000Z',
} as const;

export const driver = {
  id: driverId,
  transporterId: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e25',
  phone: '9123456780',
  name: 'Ramesh Kumar',
  email: null,
  profilePhotoUrl: null,
  licenseNumber: 'KA0120200001234',
  licenseExpiry: null,
  isOnline: true,
  isAvailable: false,
  isOnTrip: true,
  status: 'on_trip',
  assignedVehicleId: trip.vehicleId,
  assignedVehicleNumber: trip.vehicleNumber,
  currentTripId: trip.id,
  lastLocation: null,
  rating: 4.8,
  totalTrips: 41,
  createdAt: '2025-11-03T06:00:00.000Z',
  updatedAt: at,
} as const;

export const performance = {
  rating: 4.8,
  totalRatings: 29,
  acceptanceRate: 92,
  onTimeDeliveryRate: 88,
  completionRate: 97,
  totalTrips: 41,
  totalDistance: 3120,
} as const;

export const stats = {
  todayTrips: 0,
  todayEarnings: 0,
  todayDistance: 0,
  weekEarnings: 19_200,
  monthEarnings: 88_400,
  totalTrips: performance.totalTrips,
  rating: performance.rating,
  totalRatings: performance.totalRatings,
  acceptanceRate: performance.acceptanceRate,
  onTimeDeliveryRate: performance.onTimeDeliveryRate,
  totalDistance: performance.totalDistance,
} as const;
