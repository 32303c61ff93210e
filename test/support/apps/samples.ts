/*
 * An answer of every endpoint, written down from the tables. What an app can do without is marked: it may be null.
 * Whole numbers are those that the apps' parser takes as whole ones; the others have a fraction.
 */

/** A value that may be null. */
export class Maybe {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

/** Fields that have no fixed names. */
export class Entries {
  readonly entries: Readonly<Record<string, unknown>>;
  constructor(entries: Readonly<Record<string, unknown>>) {
    this.entries = entries;
  }
}

const maybe = (value: unknown) => new Maybe(value);
const allMaybe = (fields: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, maybe(value)]));

const id = '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e22';
const at = '2026-01-31T09:30:00.000Z';
const ms = 1_769_851_800_000;
const phone = '9876543210';
const position = { latitude: 28.61, longitude: 77.21 };
const place = {
  ...position,
  lat: 28.61,
  lng: 77.21,
  coordinates: position,
  address: 'Sector 18, Noida',
  ...allMaybe({ city: 'Noida', state: 'Uttar Pradesh' }),
};
const kind = { vehicleType: 'open', vehicleSubtype: '17 Feet' };
const customer = { customerId: id, customerName: 'Asha Rao', customerPhone: phone };

const person = {
  id,
  phone,
  role: 'customer',
  ...allMaybe({ name: 'Asha Rao', email: 'asha@example.com', company: 'Rao Roadlines' }),
  isProfileComplete: true,
};
const user = { ...person, ...allMaybe({ createdAt: at, updatedAt: at }) };
const profile = {
  ...person,
  ...allMaybe({
    profilePhoto: 'https://example.com/a.jpg',
    businessName: 'Rao Roadlines',
    businessAddress: '1 MG Road',
    gstNumber: '29ABCDE1234F1Z5',
    panNumber: 'ABCDE1234F',
    address: '1 MG Road',
    city: 'Bengaluru',
    state: 'Karnataka',
    licenseNumber: 'KA01 20200001234',
    transporterId: id,
  }),
  isVerified: true,
  isActive: true,
  createdAt: at,
  updatedAt: at,
};
const profiles = { profile, user: profile };
const tokens = { accessToken: 'ey.J.x', refreshToken: 'secret', expiresIn: 604_800 };

const way = {
  distanceKm: 25,
  durationMinutes: 40,
  durationFormatted: '40 min',
  source: 'amazon-location',
  polyline: [[28.61, 77.21]],
};

const order = {
  id,
  ...customer,
  pickup: place,
  drop: place,
  distanceKm: 25,
  totalTrucks: 2,
  trucksFilled: 1,
  totalAmount: 12_800,
  ...allMaybe({ goodsType: 'General', weight: '5000 kg' }),
  status: 'broadcasting',
  expiresAt: at,
  createdAt: at,
};
const orderOfCustomer = { ...order, scheduledAt: maybe(at), expiresIn: 60, updatedAt: at };
const truck = {
  id,
  orderId: id,
  requestNumber: 1,
  ...kind,
  pricePerTruck: 6400,
  status: 'searching',
  ...allMaybe({
    assignedTransporterId: id,
    assignedVehicleNumber: 'KA01AB1234',
    assignedDriverName: 'Ramesh Kumar',
  }),
  createdAt: at,
};
const truckOfCustomer = {
  ...truck,
  ...allMaybe({
    assignedTransporterName: 'Vikram Rao',
    assignedDriverPhone: phone,
    tripId: id,
    assignedAt: at,
  }),
  updatedAt: at,
};
const counts = { dispatchAttempts: 1, onlineCandidates: 3, notifiedTransporters: 2 };
const searched = allMaybe({
  dispatchState: 'queued',
  reasonCode: 'NO_ONLINE_TRANSPORTERS',
  serverTimeMs: ms,
});
const placed = {
  order: orderOfCustomer,
  truckRequests: [truckOfCustomer],
  broadcastSummary: {
    totalRequests: 2,
    totalTransportersNotified: 2,
    groupedBy: [{ ...kind, count: 2, transportersNotified: 2 }],
  },
  timeoutSeconds: 60,
  ...searched,
  ...allMaybe(counts),
  recoveryHint: maybe('Try again in a while.'),
};
const terms = {
  cancelDecision: 'allowed',
  reasonRequired: true,
  ...allMaybe({
    policyStage: 'SEARCHING',
    reasonCode: 'CANCEL_AFTER_ASSIGNMENT',
    penaltyBreakdown: new Entries({ base: 50 }),
    driverCompensationBreakdown: new Entries({ base: 50 }),
    settlementState: 'none',
    pendingPenaltyAmount: 50,
    message: 'You can cancel without a fee.',
  }),
};
const cancelled = {
  ...terms,
  ...allMaybe({
    orderId: id,
    status: 'cancelled',
    reason: 'Change of plans',
    eventId: id,
    eventVersion: 2,
    serverTimeMs: ms,
    disputeId: id,
    cancelledAt: at,
  }),
  transportersNotified: 2,
  driversNotified: 1,
  assignmentsCancelled: 1,
};
const stands = { orderId: id, status: 'fully_filled', isActive: true, expiresAt: at };

const booking = {
  id,
  ...customer,
  pickup: place,
  drop: place,
  ...kind,
  trucksNeeded: 2,
  trucksFilled: 1,
  pricePerTruck: 6400,
  totalAmount: 12_800,
  distanceKm: 25,
  status: 'confirmed',
  ...allMaybe({ notes: 'Careful', scheduledAt: at, completedAt: at }),
  createdAt: at,
  expiresAt: at,
  isRated: false,
  hasUnratedTrips: true,
};
const bill = {
  lines: [{ kind: 'fare', label: 'Fare', amount: 6400, ...allMaybe({ minutes: 20, from: at }) }],
  total: 6400,
};
const documents = allMaybe({
  eWayBillNumber: '331004567890',
  eWayBillExpiresAt: at,
  lorryReceiptNumber: 'LR-1',
  invoiceNumber: 'I-1',
});
const foundTruck = {
  assignmentId: id,
  tripId: id,
  vehicleNumber: 'KA01AB1234',
  vehicleType: 'open',
  driverName: 'Ramesh Kumar',
  driverPhone: phone,
  ...allMaybe({
    driverProfilePhotoUrl: 'https://example.com/a.jpg',
    driverRating: 4.5,
    customerRating: 5,
    currentLocation: position,
  }),
  driverTotalRatings: 12,
  status: 'in_transit',
  assignedAt: at,
  bill,
  documents,
};
const moving = { driverId: id, vehicleNumber: 'KA01AB1234', speed: 12.5, bearing: 90.5 };
const tracked = {
  ...position,
  ...moving,
  tripId: id,
  driverName: maybe('Ramesh Kumar'),
  status: 'in_transit',
  lastUpdated: at,
  isStale: true,
  ...allMaybe({ staleSince: at, staleReason: 'poor_network' }),
};
const trackedInFleet = {
  ...position,
  ...moving,
  ...allMaybe({ driverName: 'Ramesh Kumar', tripId: id }),
  status: 'in_transit',
  lastUpdated: at,
};

const offeredOrder = { ...order, ...allMaybe({ dispatchRevision: 1, lifecycleEventVersion: 1 }) };
const broadcast = {
  broadcastId: id,
  id,
  ...customer,
  customerMobile: phone,
  pickupLocation: place,
  pickup: place,
  dropLocation: place,
  drop: place,
  distance: 25,
  distanceKm: 25,
  totalTrucksNeeded: 2,
  trucksNeeded: 2,
  trucksFilledSoFar: 1,
  trucksFilled: 1,
  ...kind,
  ...allMaybe({ goodsType: 'General', weight: '5000 kg', notes: 'Careful' }),
  farePerTruck: 6400,
  pricePerTruck: 6400,
  totalFare: 12_800,
  totalAmount: 12_800,
  status: 'broadcasting',
  createdAt: at,
  expiresAt: at,
  isUrgent: false,
  requestedVehicles: [{ ...kind, count: 2, filledCount: 1, farePerTruck: 6400, capacityTons: 7.5 }],
};

const vehicle = {
  id,
  transporterId: id,
  vehicleNumber: 'KA01AB1234',
  ...kind,
  capacity: '7.5 Ton',
  status: 'available',
  vehiclePhotos: ['https://example.com/a.jpg'],
  isVerified: false,
  isActive: true,
  ...allMaybe({
    assignedDriverId: id,
    model: '1109',
    make: 'Tata',
    year: 2020,
    bodyType: 'Open',
    fuelType: 'Diesel',
    currentTripId: id,
    maintenanceReason: 'Brakes',
    maintenanceEndDate: at,
    lastStatusChange: at,
    rcNumber: 'RC1',
    rcExpiry: at,
    insuranceNumber: 'I1',
    insuranceExpiry: at,
    permitNumber: 'P1',
    permitExpiry: at,
    fitnessExpiry: at,
    rcPhoto: 'https://example.com/a.jpg',
    insurancePhoto: 'https://example.com/a.jpg',
    createdAt: at,
    updatedAt: at,
  }),
};
const driver = {
  id,
  transporterId: id,
  phone,
  isOnline: true,
  isOnTrip: false,
  totalTrips: 7,
  ...allMaybe({
    name: 'Ramesh Kumar',
    email: 'ramesh@example.com',
    profilePhotoUrl: 'https://example.com/a.jpg',
    licenseNumber: 'KA01 20200001234',
    licenseExpiry: at,
    isAvailable: true,
    status: 'available',
    assignedVehicleId: id,
    assignedVehicleNumber: 'KA01AB1234',
    currentTripId: id,
    lastLocation: { ...position, address: maybe('MG Road') },
    rating: 4.5,
    createdAt: at,
    updatedAt: at,
  }),
};

const assignment = {
  id,
  bookingId: id,
  transporterId: id,
  vehicleNumber: 'KA01AB1234',
  driverId: id,
  driverName: 'Ramesh Kumar',
  tripId: id,
  status: 'driver_accepted',
  ...allMaybe({
    transporterName: 'Vikram Rao',
    vehicleId: id,
    ...kind,
    driverPhone: phone,
    assignedAt: at,
    driverAcceptedAt: at,
    declineReason: 'NOT_AVAILABLE',
    declinedAt: at,
    pickupAddress: 'Here',
    dropAddress: 'There',
    pickupLat: 28.61,
    pickupLng: 77.21,
    dropLat: 28.61,
    dropLng: 77.21,
    distanceKm: 25,
    pricePerTruck: 6400,
    goodsType: 'General',
    customerName: 'Asha Rao',
    customerPhone: phone,
    totalStops: 2,
    currentRouteIndex: 0,
  }),
  routePoints: ['PICKUP', 'DROP'].map((type, stopIndex) => ({
    ...position,
    type,
    address: 'Here',
    ...allMaybe({ city: 'Noida', state: 'Uttar Pradesh' }),
    stopIndex,
  })),
  bill,
  documents,
};
const end = { ...position, address: 'Here' };
const trip = {
  id,
  pickup: end,
  drop: end,
  distanceKm: 25,
  fare: 6400,
  status: 'in_progress',
  ...allMaybe({
    bookingId: id,
    ...customer,
    driverId: id,
    driverName: 'Ramesh Kumar',
    vehicleId: id,
    vehicleNumber: 'KA01AB1234',
    vehicleType: 'open',
    startedAt: at,
    completedAt: at,
    createdAt: at,
  }),
};
const rates = {
  totalRatings: 12,
  totalTrips: 7,
  totalDistance: 175,
  ...allMaybe({ rating: 4.5, acceptanceRate: 90.5, onTimeDeliveryRate: 95.5 }),
};
const online = {
  isOnline: true,
  ...allMaybe({ lastLocation: position, updatedAt: at }),
};

const of = (data: unknown) => ({ success: true, data });
const done = of({});

const ordersBy = (name: string) => ({
  [`POST ${name}`]: of(placed),
  [`GET ${name}/{id}`]: of({
    order: orderOfCustomer,
    requests: [truckOfCustomer],
    summary: { totalTrucks: 2, trucksFilled: 1, trucksSearching: 1, trucksExpired: 0 },
  }),
  [`GET ${name}/{id}/status`]: of({ ...stands, remainingSeconds: 45, ...searched, ...counts }),
  [`POST ${name}/{id}/cancel`]: of(cancelled),
});

export const samples: Readonly<Record<string, unknown>> = {
  'POST auth/send-otp': of({ message: 'Sent.', expiresIn: 300 }),
  'POST auth/verify-otp': of({
    user,
    tokens,
    isNewUser: true,
    preferredLanguage: maybe('en'),
  }),
  'POST auth/refresh': of({ ...tokens, refreshToken: maybe('secret') }),
  'POST auth/logout': done,
  'GET auth/me': of({ user }),
  'POST driver-auth/send-otp': of({
    transporterPhoneMasked: '98xxxxxx10',
    driverId: id,
    driverName: 'Ramesh Kumar',
    expiresInMinutes: 5,
  }),
  'POST driver-auth/verify-otp': of({
    accessToken: 'ey.J.x',
    refreshToken: 'secret',
    role: 'DRIVER',
    driver: {
      id,
      name: 'Ramesh Kumar',
      phone,
      transporterId: id,
      transporterName: 'Vikram Rao',
      ...allMaybe({ licenseNumber: 'KA01', profilePhoto: 'https://example.com/a.jpg' }),
      preferredLanguage: 'en',
      isProfileCompleted: true,
    },
  }),
  'GET profile': of(profiles),
  'PUT profile/customer': of(profiles),
  'PUT profile/transporter': of(profiles),
  'POST geocoding/search': of([
    {
      placeId: 'p',
      label: 'MG Road',
      ...position,
      ...allMaybe({ address: 'MG Road', city: 'Bengaluru' }),
    },
  ]),
  'POST geocoding/reverse': of({
    ...position,
    address: 'MG Road',
    ...allMaybe({ city: 'Noida', state: 'UP', country: 'India', postalCode: '201301' }),
  }),
  'POST geocoding/route': of(way),
  'POST geocoding/route-multi': of({ ...way, legs: [{ distanceKm: 25, durationMinutes: 40 }] }),
  'GET vehicles/pricing': of({
    pricing: {
      vehicleType: 'open',
      distanceKm: 25,
      trucksNeeded: 2,
      pricePerKm: 25,
      pricePerTruck: 6400,
      totalAmount: 12_800,
      estimatedDuration: '1 h',
      ...allMaybe({
        basePrice: 1500,
        distanceCharge: 625,
        tonnageCharge: 700,
        surgeMultiplier: 1.2,
        surgeFactor: 'Normal',
        distanceSlab: 'Local',
        validForMinutes: 5,
        capacityInfo: allMaybe({
          capacityKg: 7000,
          capacityTons: 7.5,
          minTonnage: 5.5,
          maxTonnage: 7.5,
        }),
      }),
    },
  }),
  'GET search': of({
    vehicles: [{ ...kind, pricePerTruck: 6400, freeNearby: 2, nearestMinutes: maybe(7) }],
  }),
  'GET vehicles/types': of({
    types: Array.from({ length: 9 }, () => ({
      type: 'open',
      displayName: 'Open',
      description: 'Open trucks',
      subtypes: [{ id: 'open_17_ft', name: '17 Feet', pricePerKm: 25 }],
    })),
  }),
  ...ordersBy('bookings/orders'),
  ...ordersBy('orders'),
  'GET orders/check-active': of({
    hasActiveOrder: true,
    activeOrder: maybe({ orderId: id, status: 'broadcasting', createdAt: at }),
  }),
  'GET bookings/orders/{id}/cancel-preview': of(terms),
  'GET bookings': of({ bookings: [booking], total: 1, hasMore: false }),
  'GET bookings/{id}': of({ booking }),
  'GET bookings/{id}/trucks': of({ trucks: [foundTruck] }),
  'PATCH bookings/{id}/cancel': done,
  'GET tracking/booking/{id}': of({ bookingId: id, trucks: [tracked] }),
  'GET tracking/booking/{id}/eta': of({
    etas: new Entries({ [id]: { durationMinutes: 35, distanceKm: 20, durationText: '35 min' } }),
  }),
  'GET tracking/{id}': of(tracked),
  'GET tracking/fleet': of({ transporterId: id, activeDrivers: 1, drivers: [trackedInFleet] }),
  'POST rating': of({
    ratingId: id,
    stars: 5,
    driverAvgRating: 4.5,
    message: 'Thank you.',
    idempotent: false,
  }),
  'GET rating/pending': of([
    {
      assignmentId: id,
      tripId: id,
      driverName: 'Ramesh Kumar',
      vehicleNumber: 'KA01AB1234',
      vehicleType: 'open',
      ...allMaybe({
        driverProfilePhotoUrl: 'https://example.com/a.jpg',
        pickup: place,
        drop: place,
        completedAt: at,
        bookingId: id,
      }),
    },
  ]),
  'GET transporter/availability': of({
    isAvailable: true,
    ...allMaybe({ updatedAt: at, cooldownMs: 5000, cooldownRemainingMs: 0 }),
  }),
  'PUT transporter/availability': of({
    isAvailable: true,
    ...allMaybe({ updatedAt: at, idempotent: false, cooldownMs: 5000 }),
  }),
  'POST transporter/heartbeat': of({
    registered: true,
    ...allMaybe({ vehicleKey: 'open_17_ft', vehicleId: id }),
    isOnTrip: false,
    nextHeartbeatMs: 5000,
  }),
  'DELETE transporter/heartbeat': done,
  'GET bookings/requests/active': of({
    orders: [{ order: offeredOrder, requests: [truck] }],
    count: 1,
    syncCursor: maybe('x.1'),
    snapshotUnchanged: false,
  }),
  'GET broadcasts/active': {
    success: true,
    broadcasts: [broadcast],
    ...allMaybe({ count: 1, syncCursor: 'x.1' }),
  },
  'GET broadcasts/{id}': { success: true, broadcast },
  'POST broadcasts/{id}/decline': { success: true, message: 'Declined.' },
  'GET bookings/orders/{id}/broadcast-snapshot': of({
    orderId: id,
    state: 'broadcasting',
    status: 'broadcasting',
    dispatchState: 'queued',
    ...allMaybe({ reasonCode: 'NO_TRANSPORTER_ACCEPTANCE', syncCursor: 'x.1' }),
    dispatchRevision: 1,
    orderLifecycleVersion: 1,
    eventVersion: 1,
    serverTimeMs: ms,
    expiresAtMs: ms,
    order: offeredOrder,
    requests: [truck],
  }),
  'GET transporter/dispatch/replay': of({
    cursor: 0,
    snapshotRequired: true,
    hasMore: false,
    replayWindowStart: 0,
    replayWindowEnd: 0,
    cursorType: maybe('snapshot'),
    events: [],
  }),
  'POST truck-hold/hold': of({
    holdId: id,
    expiresAt: at,
    heldQuantity: 1,
    ...allMaybe({ holdState: 'reserved', eventId: id, eventVersion: 2, serverTimeMs: ms }),
  }),
  'POST truck-hold/confirm-with-assignments': of({ assignmentIds: [id], tripIds: [id] }),
  'POST truck-hold/release': done,
  'GET truck-hold/my-active': of(
    maybe({
      holdId: id,
      orderId: id,
      ...kind,
      quantity: 1,
      expiresAt: at,
      status: 'active',
      phase: maybe('FLEX'),
      canExtend: false,
    }),
  ),
  'GET vehicles/list': of({
    vehicles: [vehicle],
    total: 1,
    available: 1,
    onHold: 0,
    inTransit: 0,
    maintenance: 0,
  }),
  'PUT vehicles/upsert': of({ vehicle, isNew: true }),
  'GET vehicles/{id}': of({ vehicle }),
  'DELETE vehicles/{id}': done,
  'GET driver/list': of({
    drivers: [driver],
    total: 1,
    online: 1,
    offline: 0,
    active: 1,
    available: 1,
    cached: false,
  }),
  'POST driver/onboard/initiate': of({
    message: 'Sent.',
    driverPhoneMasked: '98xxxxxx10',
    expiresInMinutes: 10,
  }),
  'POST driver/onboard/verify': of({
    driver: { id, name: 'Ramesh Kumar', phone, licenseNumber: maybe('KA01'), isVerified: true },
  }),
  'POST driver/onboard/resend': of({ message: 'Sent.', expiresInMinutes: 10 }),
  'GET assignments/{id}': of(assignment),
  'GET assignments/driver': of({ assignments: [assignment], total: 1, hasMore: false }),
  'PATCH assignments/{id}/accept': of(assignment),
  'PATCH assignments/{id}/decline': done,
  'GET driver/dashboard': of({
    driver,
    stats: {
      ...rates,
      todayTrips: 1,
      todayEarnings: 6400,
      todayDistance: 25,
      weekEarnings: 6400,
      monthEarnings: 6400,
    },
    activeTrip: maybe(trip),
    recentTrips: [trip],
  }),
  'GET driver/availability': of(online),
  'PUT driver/availability': of(online),
  'GET driver/trips': of({ trips: [trip], total: 1, hasMore: false }),
  'GET driver/trips/active': of({ trip: maybe(trip), hasActiveTrip: true }),
  'GET driver/earnings': of({
    period: 'today',
    totalEarnings: 6400,
    totalTrips: 1,
    averagePerTrip: 6400,
    breakdown: [{ date: '2026-01-31', earnings: 6400, trips: 1, distance: 25 }],
  }),
  'GET driver/performance': of({ ...rates, completionRate: maybe(99.5) }),
  'PUT tracking/trip/{id}/status': done,
  'POST tracking/batch': of({
    tripId: id,
    processed: 5,
    accepted: 4,
    stale: 1,
    duplicate: 0,
    invalid: 0,
    lastAcceptedTimestamp: maybe(at),
  }),
  'POST tracking/update': done,
  'POST notifications/register-token': of(
    allMaybe({ message: 'Registered.', userId: id, role: 'driver' }),
  ),
  'DELETE notifications/unregister-token': done,
  'GET /health': {
    status: 'healthy',
    timestamp: at,
    redis: 'up',
    postgres: 'up',
    dynamodb: 'up',
    sqs: 'up',
  },
};
