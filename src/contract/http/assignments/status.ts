import * as z from 'zod';

export const AssignmentStatus = z
  .enum([
    'pending',
    'driver_accepted',
    'en_route_pickup',
    'at_pickup',
    'loading_complete',
    'in_transit',
    'arrived_at_drop',
    'completed',
    'driver_declined',
    'timed_out',
    'cancelled',
  ])
  .meta({ id: 'AssignmentStatus' });
export type AssignmentStatus = z.output<typeof AssignmentStatus>;
