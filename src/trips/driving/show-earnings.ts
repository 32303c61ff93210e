import type { EarningsPeriod } from '../../contract/http/driving/views.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Postgres } from '../../platform/postgres/postgres.ts';
import { askedDriver, type Asking } from './asked-driver.ts';
import { firstDays } from './days-in-india.ts';
import { kilometres, sumOf } from './figures.ts';
import { daysOf } from './records-store.ts';

interface Deps {
  readonly postgres: Postgres;
  readonly clock: Clock;
}

/** What a driver has earned since a period began, and on which days. */
export async function showEarnings(asking: Asking, period: EarningsPeriod, deps: Deps) {
  const asked = await askedDriver(asking, deps);
  const first = firstDays(deps.clock.now())[period];
  const days = await deps.postgres.run((db) => daysOf(db, asked, first));
  const { trips, earnings } = sumOf(days);
  return {
    period,
    totalEarnings: earnings,
    totalTrips: trips,
    averagePerTrip: trips === 0 ? 0 : Math.round(earnings / trips),
    breakdown: days.map((day) => ({
      date: day.day,
      earnings: day.earnings,
      trips: day.trips,
      distance: kilometres(day.distanceM),
    })),
  };
}
