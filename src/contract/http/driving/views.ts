import * as z from 'zod';
import { Instant } from '../../wire.ts';
import { Rupees } from '../catalogue/names.ts';
import { FleetDriver } from '../fleet/drivers.ts';

const Count = z.int().nonnegative();
const Kilometres = Count;

/** While there is nothing to count, there is no share either. */
const percent = (of: string) =>
  z
    .int()
    .min(0)
    .max(100)
    .nullable()
    .meta({ description: `In percent: ${of}. null before the first` });

const Place = z.object({ latitude: z.number(), longitude: z.number(), address: z.string() });

/** The states of a trip as the driver's screens know them, coarser than the trip's own. */
export const DrivenStatus = z
  .enum(['pending', 'assigned', 'in_progress', 'completed', 'cancelled'])
  .meta({
    id: 'DrivenStatus',
    description:
      '`pending`: not answered yet. `assigned`: accepted, and on the way to the pickup. `in_progress`: at the pickup, or further. `cancelled`: declined, not answered in time, given up, or cancelled by the customer',
  });

export type DrivenStatus = z.output<typeof DrivenStatus>;

/** A trip, as the driver's screens show it. */
export const DrivenTrip = z
  .object({
    id: z.uuid(),
    bookingId: z.uuid().meta({ description: "The order's id" }),
    customerId: z.uuid(),
    customerName: z.string(),
    customerPhone: z.string().nullable().meta({ description: 'null when the trip is over' }),
    driverId: z.uuid(),
    driverName: z.string(),
    vehicleId: z.uuid(),
    vehicleNumber: z.string(),
    vehicleType: z.string(),
    pickup: Place,
    drop: Place,
    distanceKm: Kilometres.meta({ description: 'By road, as it was ordered' }),
    fare: Rupees,
    status: DrivenStatus,
    startedAt: Instant.nullable().meta({ description: 'When the truck was on the road, loaded' }),
    completedAt: Instant.nullable(),
    createdAt: Instant,
  })
  .meta({ id: 'DrivenTrip' });

export type DrivenTrip = z.output<typeof DrivenTrip>;

const rating = z
  .number()
  .nullable()
  .meta({ description: 'The average of all ratings, 1 to 5; null before the first' });

const shares = {
  acceptanceRate: percent('trips that were accepted, of those that were asked for'),
  onTimeDeliveryRate: percent('trips that were delivered in time, of those that were completed'),
};

/** Days begin at midnight in India, weeks on Monday. */
const DriverStats = z
  .object({
    todayTrips: Count,
    todayEarnings: Rupees,
    todayDistance: Kilometres,
    weekEarnings: Rupees,
    monthEarnings: Rupees,
    totalTrips: Count,
    rating,
    totalRatings: Count,
    ...shares,
    totalDistance: Kilometres,
  })
  .meta({ id: 'DriverStats' });

export const DriverDashboard = z
  .object({
    driver: FleetDriver,
    stats: DriverStats,
    activeTrip: DrivenTrip.nullable(),
    recentTrips: z.array(DrivenTrip).meta({ description: 'The five newest' }),
  })
  .meta({ id: 'DriverDashboard' });

/** Day, week and month are those of India. */
export const EarningsPeriod = z.enum(['today', 'week', 'month']);
export type EarningsPeriod = z.output<typeof EarningsPeriod>;

export const DriverEarnings = z
  .object({
    period: EarningsPeriod,
    totalEarnings: Rupees,
    totalTrips: Count,
    averagePerTrip: Rupees.meta({ description: '0 without a trip' }),
    breakdown: z
      .array(
        z.object({
          date: z.iso.date().meta({ description: 'A day in India', examples: ['2026-01-31'] }),
          earnings: Rupees,
          trips: Count,
          distance: Kilometres,
        }),
      )
      .meta({ description: 'A line for each day with a trip, the oldest first' }),
  })
  .meta({ id: 'DriverEarnings' });

export const DriverPerformance = z
  .object({
    rating,
    totalRatings: Count,
    ...shares,
    completionRate: percent(
      'trips that were completed, of these and those that the driver gave up',
    ),
    totalTrips: Count.meta({ description: 'Completed ones' }),
    totalDistance: Kilometres,
  })
  .meta({ id: 'DriverPerformance' });
