import { showDriver } from '../../fleet/drivers/show-driver.ts';
import { newestAssignments } from '../../orders/assignments/show-assignments.ts';
import type { OrderDeps } from '../../orders/order/order-deps.ts';
import { firstDays, type FirstDays } from './days-in-india.ts';
import { drivenTrip, isActive } from './driven-trip.ts';
import { figuresOf, kilometres, sumOf } from './figures.ts';
import { daysOf, recordOf, type DrivenDay } from './records-store.ts';

const mostRecent = 5;

/** The first screen of a driver. */
export async function showDashboard(driverId: string, deps: OrderDeps) {
  const { postgres, clock } = deps;
  const first = firstDays(clock.now());
  // First, because it ends what the driver has not answered in time.
  const rows = await newestAssignments(driverId, mostRecent, deps);
  const [driver, record, days] = await Promise.all([
    showDriver(driverId, deps),
    postgres.run((db) => recordOf(db, driverId)),
    postgres.run((db) => daysOf(db, { driverId }, first.earliest)),
  ]);
  const recentTrips = rows.map(drivenTrip);
  return {
    driver,
    stats: { ...figuresOf(record), ...sumsOf(days, first) },
    // P11: a driver on a trip is asked for no other one, so this is among the newest.
    activeTrip: recentTrips.find(isActive) ?? null,
    recentTrips,
  };
}

function sumsOf(days: readonly DrivenDay[], first: FirstDays) {
  const since = (day: string) => sumOf(days.filter((each) => each.day >= day));
  const today = since(first.today);
  return {
    todayTrips: today.trips,
    todayEarnings: today.earnings,
    todayDistance: kilometres(today.distanceM),
    weekEarnings: since(first.week).earnings,
    monthEarnings: since(first.month).earnings,
  };
}
