import { averageRating } from '../../fleet/drivers/average-rating.ts';
import type { DrivenDay, DriverRecord } from './records-store.ts';

export function kilometres(metres: number): number {
  return Math.round(metres / 1000);
}

/** The sums over some days. */
export function sumOf(days: readonly DrivenDay[]) {
  return days.reduce(
    (sum, day) => ({
      trips: sum.trips + day.trips,
      earnings: sum.earnings + day.earnings,
      distanceM: sum.distanceM + day.distanceM,
    }),
    { trips: 0, earnings: 0, distanceM: 0 },
  );
}

/** The figures that both the first screen and that of the performance show. */
export function figuresOf(record: DriverRecord) {
  const { trips, distanceM, onTime, asked, accepted, ratings } = record;
  return {
    rating: averageRating(record),
    totalRatings: ratings,
    acceptanceRate: percent(accepted, asked),
    onTimeDeliveryRate: percent(onTime, trips),
    totalTrips: trips,
    totalDistance: kilometres(distanceM),
  };
}

/**
 * Only what the driver has decided counts. A trip under way has not failed, and one that the customer or the
 * transporter ends is not the driver's failure.
 */
export function completionRate({ trips, givenUp }: DriverRecord): number | null {
  return percent(trips, trips + givenUp);
}

/** Of nothing there is no share: 0 would look like a bad driver, and 100 like a good one. */
function percent(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((100 * part) / whole);
}
