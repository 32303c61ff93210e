import * as z from 'zod';
import { positionIn, spelledPosition } from '../../positions.ts';
import { Instant } from '../../wire.ts';
import { AssignmentStatus } from '../assignments/status.ts';
import { Bill, TripCodes, TripDocuments } from '../trips/views.ts';

const Rupees = z.int().nonnegative();
/** A text may have line breaks and tabs, but no other control characters. */
const isText = (text: string) => /^[\P{Cc}\t\r\n]*$/u.test(text);
const noControls = 'Send no control characters.';
export const text = (most: number) => z.string().trim().min(1).max(most).refine(isText, noControls);
/** A remark of a person. It may be empty, which counts as none. */
export const Remark = z.string().trim().max(500).refine(isText, noControls);

/** Years that the database and the answer both write with four digits. */
function isInThisCentury(instant: string): boolean {
  const year = new Date(instant).getUTCFullYear();
  return !(year < 2000 || year > 2099);
}

const address = {
  address: text(500),
  city: text(100).optional(),
  state: text(100).optional(),
};

function placeIn(
  { address: line, city, state, ...spelled }: z.output<typeof SpelledPlace>,
  context: z.RefinementCtx,
) {
  const position = positionIn(spelled, context);
  return { ...position, address: line, city, state };
}

const SpelledPlace = z.object({ ...spelledPosition, ...address });

/** A pickup, a drop or a stop, as it comes in. */
const Place = SpelledPlace.transform(placeIn).meta({
  description: 'In India: latitude 6.5 to 37, longitude 68 to 97.5',
});

const RoutePoint = z
  .object({
    ...spelledPosition,
    ...address,
    type: z
      .string()
      .transform((type) => type.toLowerCase())
      .pipe(z.enum(['pickup', 'stop', 'drop'])),
  })
  .transform(({ type, ...spelled }, context) => ({ type, ...placeIn(spelled, context) }));

/** The points between pickup and drop. A list of only pickup and drop has no stops, and counts as left out. */
const Stops = z
  .array(RoutePoint)
  .max(4)
  .transform((points) => points.filter(({ type }) => type === 'stop'))
  .transform((stops) => (stops.length > 0 ? stops : undefined));

const mostTrucks = 50;

const VehicleRequirement = z.object({
  vehicleType: text(60),
  vehicleSubtype: text(60),
  quantity: z.int().min(1).max(20),
  pricePerTruck: z
    .int()
    .min(1)
    .max(1_000_000)
    .meta({ description: 'In rupees, as the customer saw it' }),
});

/** The limit is for each line, and for all lines together. */
const VehicleRequirements = z
  .array(VehicleRequirement)
  .min(1)
  .max(mostTrucks)
  .refine(
    (lines) => lines.reduce((trucks, { quantity }) => trucks + quantity, 0) <= mostTrucks,
    `An order has at most ${mostTrucks} trucks.`,
  );

export const NewOrder = z.object({
  pickup: Place,
  drop: Place.meta({ description: 'At least 500 m from the pickup' }),
  distanceKm: z
    .number()
    .min(0.1)
    .max(5000)
    .transform((km) => Math.max(1, Math.round(km)))
    .meta({ description: 'By road; kept in whole kilometres' }),
  routePoints: Stops.optional().meta({ description: 'Only with stops: all points, on the way' }),
  vehicleRequirements: VehicleRequirements,
  goodsType: text(100).optional(),
  cargoWeightKg: z.int().min(1).max(1_000_000).optional(),
  scheduledAt: z.iso
    .datetime({ offset: true })
    .refine(isInThisCentury, 'This is not in this century.')
    .optional(),
  requireTripCodes: z.boolean().optional().meta({
    description:
      'Whether a driver must say a code of yours when the truck is loaded, and another one when the goods are delivered. You find both with the truck. Default: no',
  }),
});

export type NewOrder = z.output<typeof NewOrder>;

/** A place in an answer, with all field names that the apps read. */
export const LocationView = z
  .object({
    latitude: z.number(),
    longitude: z.number(),
    lat: z.number(),
    lng: z.number(),
    coordinates: z.object({ latitude: z.number(), longitude: z.number() }),
    address: z.string(),
    city: z.string().nullable(),
    state: z.string().nullable(),
  })
  .meta({ id: 'Location' });

export const OrderStatus = z
  .enum([
    'broadcasting',
    'partially_filled',
    'fully_filled',
    'in_progress',
    'completed',
    'cancelled',
    'expired',
  ])
  .meta({ id: 'OrderStatus' });
export type OrderStatus = z.output<typeof OrderStatus>;

export const TruckStatus = z
  .enum(['searching', 'held', 'assigned', 'in_progress', 'completed', 'expired', 'cancelled'])
  .meta({ id: 'TruckStatus' });
export type TruckStatus = z.output<typeof TruckStatus>;

export const OrderView = z
  .object({
    id: z.uuid(),
    customerId: z.uuid(),
    customerName: z.string(),
    customerPhone: z.string(),
    pickup: LocationView,
    drop: LocationView,
    routePoints: z.array(
      LocationView.extend({ type: z.enum(['PICKUP', 'STOP', 'DROP']), stopIndex: z.int() }),
    ),
    distanceKm: z.int(),
    totalTrucks: z.int(),
    trucksFilled: z.int(),
    totalAmount: Rupees,
    goodsType: z.string().nullable(),
    weight: z.string().nullable(),
    status: OrderStatus,
    scheduledAt: Instant.nullable(),
    expiresAt: Instant.meta({ description: 'When the search ends, whatever was found' }),
    expiresIn: z.int().nonnegative().meta({ description: 'Seconds until then' }),
    createdAt: Instant,
    updatedAt: Instant,
    eventVersion: z
      .int()
      .positive()
      .meta({ description: 'Goes up with every change of the order' }),
  })
  .meta({ id: 'Order' });

export const TruckRequestView = z
  .object({
    id: z.uuid(),
    orderId: z.uuid(),
    requestNumber: z.int().positive(),
    vehicleType: z.string(),
    vehicleSubtype: z.string(),
    pricePerTruck: Rupees,
    quotedPricePerTruck: Rupees.meta({ description: 'What we would have asked at that moment' }),
    status: TruckStatus,
    assignedTransporterId: z.uuid().nullable(),
    assignedTransporterName: z.string().nullable(),
    assignedVehicleNumber: z.string().nullable(),
    assignedDriverId: z.uuid().nullable(),
    assignedDriverName: z.string().nullable(),
    assignedDriverPhone: z.string().nullable(),
    tripId: z.uuid().nullable(),
    tripStatus: AssignmentStatus.nullable(),
    assignedAt: Instant.nullable(),
    tripAcceptedAt: Instant.nullable(),
    tripStartedAt: Instant.nullable().meta({ description: 'When the truck left for the drop' }),
    tripEndedAt: Instant.nullable(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'TruckRequest' });

/** The state of the search, under the names that the customer app reads. */
export const searchFacts = {
  dispatchState: z.string(),
  dispatchAttempts: z.int().nonnegative(),
  onlineCandidates: z.int().nonnegative(),
  notifiedTransporters: z.int().nonnegative(),
  reasonCode: z
    .enum(['NO_ONLINE_TRANSPORTERS', 'NO_TRANSPORTER_ACCEPTANCE'])
    .nullable()
    .meta({ description: 'Why a search found nobody' }),
  serverTimeMs: z.int().meta({
    description: 'When this was first answered, in milliseconds since 1970',
  }),
};

export const PlacedOrder = z
  .object({
    order: OrderView,
    truckRequests: z.array(TruckRequestView),
    broadcastSummary: z.object({
      totalRequests: z.int(),
      totalTransportersNotified: z.int(),
      groupedBy: z.array(
        z.object({
          vehicleType: z.string(),
          vehicleSubtype: z.string(),
          count: z.int(),
          transportersNotified: z.int(),
        }),
      ),
    }),
    timeoutSeconds: z.int().positive(),
    ...searchFacts,
    recoveryHint: z.string().nullable().meta({
      description: 'A sentence for the user: what to do about the `reasonCode`, if that is known',
    }),
  })
  .meta({ id: 'PlacedOrder' });

export const OrderDetail = z
  .object({
    order: OrderView,
    requests: z.array(TruckRequestView),
    summary: z.object({
      totalTrucks: z.int(),
      trucksFilled: z.int(),
      trucksSearching: z.int(),
      trucksExpired: z.int(),
    }),
  })
  .meta({ id: 'OrderDetail' });

export const OrderState = z
  .object({
    orderId: z.uuid(),
    status: OrderStatus,
    remainingSeconds: z.int().nonnegative().meta({ description: 'Until the search ends' }),
    isActive: z
      .boolean()
      .meta({ description: 'True until the order is completed, cancelled or expired' }),
    expiresAt: Instant,
    eventVersion: z.int().positive(),
    ...searchFacts,
  })
  .meta({ id: 'OrderState' });

/** How far a truck has come when its order is cancelled. */
export const CancellationStage = z.enum([
  'SEARCHING',
  'DRIVER_ASSIGNED',
  'AT_PICKUP',
  'LOADING_STARTED',
  'IN_TRANSIT',
]);

export type CancellationStage = z.output<typeof CancellationStage>;

/** What cancelling costs for one truck. */
const FeeRow = z.object({
  truckRequestId: z.uuid(),
  stage: CancellationStage,
  waitingMinutes: z.int().nonnegative().meta({
    description: 'How long the truck has waited at the pickup, with the minutes that cost nothing',
  }),
  fee: Rupees,
});

const cancellationTerms = {
  policyStage: CancellationStage.meta({
    description:
      'The stage of the truck that has come furthest. From `IN_TRANSIT` on, nothing of the order can be cancelled',
  }),
  cancelDecision: z.enum(['allowed', 'allowed_with_penalty', 'blocked_dispute_only']),
  reasonRequired: z.boolean().meta({
    description: 'Whether a reason must be given. Without one, cancelling is then refused',
  }),
  reasonCode: z.string().nullable(),
  penaltyBreakdown: z.record(z.string(), Rupees),
  driverCompensationBreakdown: z.record(z.string(), Rupees),
  settlementState: z.enum(['none', 'immediate', 'deferred']),
  pendingPenaltyAmount: Rupees,
  feeRows: z.array(FeeRow).readonly().meta({
    description: 'A row for each truck that is cancelled with the order, each by its own stage',
  }),
  message: z.string(),
};

export const CancellationPreview = z.object(cancellationTerms).meta({ id: 'CancellationPreview' });

export const CancelledOrder = z
  .object({
    orderId: z.uuid(),
    status: OrderStatus,
    reason: z.string().nullable(),
    cancelledAt: Instant.nullable(),
    ...cancellationTerms,
    eventId: z.uuid().nullable(),
    eventVersion: z.int().positive(),
    serverTimeMs: z.int(),
    disputeId: z.string().nullable(),
    transportersNotified: z.int(),
    driversNotified: z.int(),
    assignmentsCancelled: z.int(),
  })
  .meta({ id: 'CancelledOrder' });

export const CancelBody = z.object({ reason: Remark.optional() });

export const DisputeBody = z.object({
  reasonCode: text(60).default('customer_request'),
  notes: Remark.optional(),
});

export const RecordedDispute = z
  .object({
    disputeId: z.uuid(),
    stage: CancellationStage,
    message: z.string(),
  })
  .meta({ id: 'RecordedDispute' });

/** An order, as the screen "My bookings" knows it. */
export const BookingView = z
  .object({
    id: z.uuid(),
    customerId: z.uuid(),
    customerName: z.string(),
    customerPhone: z.string(),
    pickup: LocationView,
    drop: LocationView,
    vehicleType: z.string(),
    vehicleSubtype: z.string(),
    trucksNeeded: z.int(),
    trucksFilled: z.int(),
    pricePerTruck: Rupees,
    totalAmount: Rupees,
    distanceKm: z.int(),
    status: z.enum(['active', 'confirmed', ...OrderStatus.exclude(['broadcasting']).options]).meta({
      description:
        '`active`: the search is open, and no truck was found yet. `confirmed`: the search has ended, and at least one truck was found',
    }),
    notes: z.string().nullable(),
    scheduledAt: Instant.nullable(),
    createdAt: Instant,
    expiresAt: Instant,
    completedAt: Instant.nullable(),
    isRated: z.boolean(),
    hasUnratedTrips: z.boolean(),
  })
  .meta({ id: 'Booking' });

export type BookingView = z.output<typeof BookingView>;

/** The words that bookings can be filtered by. */
export const BookingFilter = z
  .enum(['active', 'pending', 'confirmed', ...OrderStatus.options])
  .meta({
    description:
      '`active`: the search is open, and no truck was found yet. `pending`: those, and what is shown as `partially_filled`. `confirmed`: the search has ended with trucks, and no trip has begun. Every other word is the status of the order',
  });

export type BookingFilter = z.output<typeof BookingFilter>;

/** A truck that was found, and its trip. */
export const BookingTruck = z
  .object({
    assignmentId: z.uuid(),
    tripId: z.uuid(),
    vehicleNumber: z.string(),
    vehicleType: z.string(),
    driverName: z.string(),
    driverPhone: z.string(),
    driverProfilePhotoUrl: z.string().nullable(),
    driverRating: z.number().nullable(),
    driverTotalRatings: z.int().nonnegative(),
    customerRating: z.int().nullable(),
    status: AssignmentStatus,
    assignedAt: Instant,
    currentLocation: z.object({ latitude: z.number(), longitude: z.number() }).nullable(),
    bill: Bill,
    documents: TripDocuments,
    tripCodes: TripCodes.nullable().meta({
      description: 'Only if the order asks for codes, and the trip is not over',
    }),
  })
  .meta({ id: 'BookingTruck' });

export type BookingTruck = z.output<typeof BookingTruck>;
