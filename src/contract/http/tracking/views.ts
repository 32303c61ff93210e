import * as z from 'zod';
import { Instant } from '../../wire.ts';
import { AssignmentStatus } from '../assignments/status.ts';

const Count = z.int().nonnegative();

/** How far what is known can be trusted: it goes on being shown when nothing new comes. */
export const freshness = {
  isStale: z.boolean().meta({ description: 'Whether the last position is older than a minute' }),
  staleSince: Instant.nullable().meta({
    description: 'If it is stale: since when nothing is known, which is when the truck was there',
  }),
  staleReason: z
    .enum(['poor_network'])
    .nullable()
    .meta({ description: "Why nothing came since, if the phone's last word tells; else null" }),
};

/** Where a truck was last, and how it moved. */
const lastSeen = {
  latitude: z.number(),
  longitude: z.number(),
  speed: z
    .number()
    .nonnegative()
    .meta({ description: 'In metres per second; 0 if the phone did not say' }),
  bearing: z
    .number()
    .meta({ description: 'In degrees, clockwise from north; 0 if the phone did not say' }),
  lastUpdated: Instant.meta({ description: 'When the truck was there' }),
  isInaccurate: z
    .boolean()
    .meta({ description: 'Whether it may be more than 50 m away from there' }),
  ...freshness,
};

/** A trip on the map. A trip whose position is not known is left out of every list. */
export const TripPosition = z
  .object({
    tripId: z.uuid(),
    driverId: z.uuid(),
    driverName: z.string(),
    vehicleNumber: z.string(),
    status: AssignmentStatus,
    ...lastSeen,
    distanceDrivenKm: Count.meta({ description: 'Since the driver accepted, as far as is known' }),
  })
  .meta({ id: 'TripPosition' });

export type TripPosition = z.output<typeof TripPosition>;

/** When a truck will probably arrive. */
export const Eta = z
  .object({
    to: z.enum(['pickup', 'drop']).meta({ description: 'Where the truck is going next' }),
    durationMinutes: Count,
    lowMinutes: Count.meta({ description: 'If all goes well' }),
    highMinutes: Count.meta({ description: 'If it goes slowly' }),
    durationText: z
      .string()
      .meta({ description: 'A text for a person', examples: ['35 min', '2 h 10 min'] }),
    distanceKm: Count.meta({ description: 'By road, from here on' }),
    ...freshness,
  })
  .meta({ id: 'Eta' });

export type Eta = z.output<typeof Eta>;

/** What became of the positions that were sent. */
export const FixesTaken = z
  .object({
    tripId: z.uuid(),
    processed: Count.meta({ description: 'How many were sent: the sum of the four below' }),
    accepted: Count.meta({
      description:
        'They are kept. Where the truck cannot have got to from the position that is shown, it is shown three minutes after that one at the latest',
    }),
    stale: Count.meta({
      description:
        'Too old: from before the trip was accepted, or what came after them is written down already, or the trip is over',
    }),
    duplicate: Count.meta({ description: 'A position of the same instant is known already' }),
    invalid: Count.meta({
      description: 'Off the globe, in the future, not numbers, or farther than a truck can drive',
    }),
    lastAcceptedTimestamp: Instant.nullable().meta({
      description: 'The latest of the positions that were accepted by this request',
    }),
  })
  .meta({ id: 'FixesTaken' });

export type FixesTaken = z.output<typeof FixesTaken>;
