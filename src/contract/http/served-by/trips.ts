import {
  getActiveTrip,
  getDriverDashboard,
  getDriverEarnings,
  getDriverPerformance,
  listDriverTrips,
} from '../driving/routes.ts';
import { listUnratedTrips, rateDriver } from '../rating/routes.ts';
import { revokeShares, shareOrder, watchOrder } from '../sharing/routes.ts';
import {
  estimateArrivals,
  sendPosition,
  sendPositions,
  trackBooking,
  trackFleet,
  trackTrip,
} from '../tracking/routes.ts';
import { endTrip, moveTrip, writeTripDocuments } from '../trips/routes.ts';

/** The routes of the function `trips`. */
export const servedByTrips = [
  moveTrip,
  endTrip,
  writeTripDocuments,
  sendPositions,
  sendPosition,
  trackTrip,
  trackBooking,
  estimateArrivals,
  trackFleet,
  shareOrder,
  revokeShares,
  watchOrder,
  rateDriver,
  listUnratedTrips,
  getDriverDashboard,
  listDriverTrips,
  getActiveTrip,
  getDriverEarnings,
  getDriverPerformance,
] as const;
