import * as z from 'zod';
import { Instant } from '../../wire.ts';
import { AssignmentStatus } from '../assignments/status.ts';
import { OrderStatus } from '../orders/views.ts';
import { Eta, TripPosition } from '../tracking/views.ts';

export const SharedLink = z
  .object({
    orderId: z.uuid(),
    createdAt: Instant,
    url: z.string().meta({
      description:
        'To send to whoever may watch. If it begins with `/`, put the address of this API before it',
    }),
    token: z.string().meta({ description: 'The last part of the url. It is not told again' }),
    message: z.string().meta({ description: 'What the link is good for, for a person' }),
  })
  .meta({ id: 'SharedLink' });

const Place = z.object({
  latitude: z.number(),
  longitude: z.number(),
  address: z.string(),
});

/** Where a truck was last. Who watches learns no id of anybody. */
const WatchedPosition = TripPosition.pick({
  latitude: true,
  longitude: true,
  speed: true,
  bearing: true,
  lastUpdated: true,
  isInaccurate: true,
  isStale: true,
  staleSince: true,
  staleReason: true,
});

const WatchedTruck = z.object({
  number: z.int().positive().meta({ description: 'Of the truck in its order: 1, 2, …' }),
  vehicleNumber: z.string(),
  vehicleType: z.string(),
  vehicleSubtype: z.string(),
  driverFirstName: z.string(),
  status: AssignmentStatus,
  position: WatchedPosition.nullable().meta({
    description: 'From the time when the driver has accepted until the trip is completed',
  }),
  eta: Eta.nullable().meta({ description: 'null while the position is not known' }),
});

/** What whoever has the link is shown: first names, and no phones. */
export const WatchedOrder = z
  .object({
    status: OrderStatus,
    sharedBy: z.string().meta({ description: "The customer's first name" }),
    pickup: Place,
    drop: Place,
    trucksNeeded: z.int().positive(),
    trucks: z.array(WatchedTruck).meta({ description: 'Those whose driver has accepted' }),
    serverTime: Instant.meta({ description: 'Of this answer, to tell how old a position is' }),
  })
  .meta({ id: 'WatchedOrder' });

export type WatchedOrder = z.output<typeof WatchedOrder>;
