import * as z from 'zod';

/*
 * What the two apps need in the answers of their main flow, by the tables B1 to B11 of what was observed in them. A
 * field that they dereference is no null; a number that their parser takes as a whole one has no fraction; a field that
 * they can do without is there all the same.
 */

const Int = z.int();
const Count = z.int().nonnegative();
const text = z.string().min(1);
const maybe = <S extends z.ZodType>(schema: S) => schema.nullable();
/** The customer app parses no other spelling. */
export const Instant = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const Position = z.object({ latitude: z.number(), longitude: z.number() });

// B1, B2
export const CodeSent = z.object({ message: text, expiresIn: Int });
export const Session = z.object({
  user: z.object({
    id: text,
    phone: text,
    role: z.enum(['customer', 'transporter', 'driver']),
    isProfileComplete: z.boolean(),
  }),
  tokens: z.object({ accessToken: text, refreshToken: text, expiresIn: Int.min(900) }),
  isNewUser: z.boolean(),
});
export const DriverCodeSent = z.object({
  transporterPhoneMasked: text,
  driverId: text,
  driverName: text,
  expiresInMinutes: Int,
});
export const DriverSession = z.object({
  accessToken: text,
  refreshToken: text,
  role: z.literal('DRIVER'),
  driver: z.object({
    id: text,
    name: text,
    phone: text,
    transporterId: text,
    transporterName: text,
    preferredLanguage: text,
    isProfileCompleted: z.literal(true),
  }),
});
const Profile = z.object({
  id: text,
  phone: text,
  role: text,
  name: maybe(text),
  isVerified: z.boolean(),
  isActive: z.boolean(),
  isProfileComplete: z.boolean(),
  createdAt: Instant,
  updatedAt: Instant,
});
/** The customer app reads the one, the Captain app the other. */
export const ProfileAnswer = z.object({ profile: Profile, user: Profile });

// B3, B4
export const Pricing = z.object({
  pricing: z.object({
    vehicleType: text,
    distanceKm: Int,
    trucksNeeded: Int,
    pricePerKm: Int,
    pricePerTruck: Int,
    totalAmount: Int,
    estimatedDuration: text,
  }),
});
/** The customer app reads `coordinates`, the Captain app what stands beside it. */
const Place = Position.extend({ coordinates: Position, address: text });
const Order = z.object({
  id: text,
  customerId: text,
  customerName: text,
  customerPhone: text,
  pickup: Place,
  drop: Place,
  distanceKm: Int,
  totalTrucks: Int,
  trucksFilled: Int,
  totalAmount: Int,
  status: text,
  expiresAt: Instant,
  createdAt: Instant,
});
const TruckRequest = z.object({
  id: text,
  orderId: text,
  requestNumber: Int,
  vehicleType: text,
  vehicleSubtype: text,
  pricePerTruck: Int,
  status: text,
  assignedTransporterId: maybe(text),
  assignedVehicleNumber: maybe(text),
  createdAt: Instant,
});
export const PlacedOrder = z.object({
  order: Order.extend({ expiresIn: Int.positive(), updatedAt: Instant }),
  truckRequests: z.array(TruckRequest.extend({ tripId: maybe(text) })).min(1),
  broadcastSummary: z.object({
    totalRequests: Int,
    totalTransportersNotified: Int,
    groupedBy: z.array(
      z.object({ vehicleType: text, vehicleSubtype: text, count: Int, transportersNotified: Int }),
    ),
  }),
  timeoutSeconds: Int,
});
export const OrderStatus = z.object({
  orderId: text,
  status: text,
  remainingSeconds: Count,
  isActive: z.boolean(),
  expiresAt: Instant,
});
export const ActiveOrder = z.object({
  hasActiveOrder: z.boolean(),
  activeOrder: maybe(z.object({ orderId: text, status: text, createdAt: Instant })),
});

// B5
const Booking = z.object({
  id: text,
  customerId: text,
  customerName: text,
  customerPhone: text,
  pickup: Place,
  drop: Place,
  vehicleType: text,
  vehicleSubtype: text,
  trucksNeeded: Int,
  trucksFilled: Int,
  pricePerTruck: Int,
  totalAmount: Int,
  distanceKm: Int,
  status: text,
  createdAt: Instant,
  expiresAt: Instant,
  completedAt: maybe(Instant),
  isRated: z.boolean(),
  hasUnratedTrips: z.boolean(),
});
export const Bookings = z.object({
  bookings: z.array(Booking),
  total: Int,
  hasMore: z.boolean(),
});
const Bill = z.object({
  lines: z.array(
    z.object({
      kind: text,
      label: text,
      amount: Count,
      minutes: maybe(Count),
      from: maybe(Instant),
    }),
  ),
  total: Count,
});
const Documents = z.object({
  eWayBillNumber: maybe(text),
  eWayBillExpiresAt: maybe(Instant),
  lorryReceiptNumber: maybe(text),
  invoiceNumber: maybe(text),
});
export const BookingTrucks = z.object({
  trucks: z.array(
    z.object({
      assignmentId: text,
      tripId: text,
      vehicleNumber: text,
      vehicleType: text,
      driverName: text,
      driverPhone: text,
      driverRating: maybe(z.number()),
      driverTotalRatings: Int,
      customerRating: maybe(Int),
      status: text,
      assignedAt: Instant,
      currentLocation: maybe(Position),
      bill: Bill,
      documents: Documents,
    }),
  ),
});
export const Tracked = Position.extend({
  tripId: text,
  driverId: text,
  driverName: text,
  vehicleNumber: text,
  speed: z.number(),
  bearing: z.number(),
  status: text,
  lastUpdated: Instant,
  isStale: z.boolean(),
  staleSince: maybe(Instant),
  staleReason: maybe(text),
});
export const TrackedBooking = z.object({ bookingId: text, trucks: z.array(Tracked) });
export const Etas = z.object({
  etas: z.record(
    z.string(),
    z.object({ durationMinutes: Count, distanceKm: Count, durationText: text }),
  ),
});
export const TrackedFleet = z.object({
  transporterId: text,
  activeDrivers: Int,
  drivers: z.array(Tracked),
});
export const GivenRating = z.object({
  ratingId: text,
  stars: Int,
  driverAvgRating: z.number(),
  message: text,
  idempotent: z.boolean(),
});
export const UnratedTrips = z.array(
  z.object({
    assignmentId: text,
    tripId: text,
    driverName: text,
    vehicleNumber: text,
    vehicleType: text,
    pickup: Place,
    drop: Place,
    completedAt: Instant,
    bookingId: text,
  }),
);

// B6 to B9
export const Presence = z.object({ isAvailable: z.boolean() });
export const Beaten = z.object({
  registered: z.literal(true),
  isOnTrip: z.boolean(),
  nextHeartbeatMs: Int,
});
export const Feed = z.object({
  orders: z.array(z.object({ order: Order, requests: z.array(TruckRequest) })),
  count: Int,
  snapshotUnchanged: z.boolean(),
});
export const Held = z.object({ holdId: text, expiresAt: Instant, heldQuantity: Int });
export const MyHold = maybe(
  z.object({ holdId: text, orderId: text, quantity: Int, expiresAt: Instant, status: text }),
);
export const Confirmed = z.object({ assignmentIds: z.array(text), tripIds: z.array(text) });
export const RegisteredVehicle = z.object({
  vehicle: z.object({ id: text, vehicleNumber: text, vehicleType: text, vehicleSubtype: text }),
  isNew: z.boolean(),
});
export const Vehicles = z.object({
  vehicles: z.array(
    z.object({ id: text, vehicleNumber: text, status: text, currentTripId: maybe(text) }),
  ),
  total: Int,
  available: Int,
  onHold: Int,
  inTransit: Int,
  maintenance: Int,
});
export const Onboarding = z.object({
  message: text,
  driverPhoneMasked: text,
  expiresInMinutes: Int,
});
export const Onboarded = z.object({
  driver: z.object({ id: text, name: text, phone: text, isVerified: z.boolean() }),
});
const Driver = z.object({
  id: text,
  transporterId: text,
  phone: text,
  isOnline: z.boolean(),
  isOnTrip: z.boolean(),
  currentTripId: maybe(text),
  rating: maybe(z.number()),
  totalTrips: Int,
});
export const Drivers = z.object({
  drivers: z.array(Driver),
  total: Int,
  online: Int,
  offline: Int,
  active: Int,
  available: Int,
});

// B10
export const Assignment = z.object({
  id: text,
  bookingId: text,
  transporterId: text,
  vehicleNumber: text,
  driverId: text,
  driverName: text,
  tripId: text,
  status: text,
  assignedAt: Instant,
  pickupAddress: text,
  dropAddress: text,
  pickupLat: z.number(),
  pickupLng: z.number(),
  dropLat: z.number(),
  dropLng: z.number(),
  distanceKm: z.number(),
  pricePerTruck: z.number(),
  customerName: text,
  customerPhone: text,
  totalStops: Int,
  currentRouteIndex: Int,
  routePoints: z.array(Position.extend({ type: text, address: text })),
  bill: Bill,
  documents: Documents,
});
export const Assignments = z.object({
  assignments: z.array(Assignment),
  total: Int,
  hasMore: z.boolean(),
});
/** Answers of which the apps only read that it was done, and what they show of it. */
export const Done = z.object({ message: text });
export const Batch = z.object({
  tripId: text,
  processed: Count,
  accepted: Count,
  stale: Count,
  duplicate: Count,
  invalid: Count,
  lastAcceptedTimestamp: maybe(Instant),
});
export const Anything = z.object({});

// B11
const DrivenTrip = z.object({
  id: text,
  bookingId: text,
  customerName: text,
  driverName: text,
  vehicleNumber: text,
  pickup: Position.extend({ address: text }),
  drop: Position.extend({ address: text }),
  distanceKm: z.number(),
  fare: z.number(),
  status: z.enum(['pending', 'assigned', 'in_progress', 'completed', 'cancelled']),
  startedAt: maybe(Instant),
  completedAt: maybe(Instant),
  createdAt: Instant,
});
const rates = {
  acceptanceRate: maybe(z.number()),
  onTimeDeliveryRate: maybe(z.number()),
  totalDistance: z.number(),
};
export const Dashboard = z.object({
  driver: Driver,
  stats: z.object({
    todayTrips: Int,
    todayEarnings: Int,
    todayDistance: Int,
    weekEarnings: Int,
    monthEarnings: Int,
    totalTrips: Int,
    rating: maybe(z.number()),
    totalRatings: Int,
    ...rates,
  }),
  activeTrip: maybe(DrivenTrip),
  recentTrips: z.array(DrivenTrip),
});
export const Online = z.object({ isOnline: z.boolean() });
export const ActiveTrip = z.object({ trip: maybe(DrivenTrip), hasActiveTrip: z.boolean() });
export const DrivenTrips = z.object({
  trips: z.array(DrivenTrip),
  total: Int,
  hasMore: z.boolean(),
});
export const Earnings = z.object({
  period: text,
  totalEarnings: Int,
  totalTrips: Int,
  averagePerTrip: Int,
  breakdown: z.array(z.object({ date: text, earnings: Int, trips: Int, distance: Int })),
});
export const Performance = z.object({
  rating: maybe(z.number()),
  totalRatings: Int,
  completionRate: maybe(z.number()),
  totalTrips: Int,
  ...rates,
});
