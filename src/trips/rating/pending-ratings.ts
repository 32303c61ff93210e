import { nameOfDriver } from '../../orders/order/names-shown.ts';
import { locationView } from '../../orders/order/order-snapshot.ts';
import type { Postgres } from '../../platform/postgres/postgres.ts';
import { unratedTripsOf, type UnratedRow } from './ratings-store.ts';

/** Nobody rates what was driven longer ago. */
const most = 100;

/** A customer's completed trips that were not rated, the last one first. */
export async function listUnratedTrips(
  customerId: string,
  { postgres }: { readonly postgres: Postgres },
) {
  const rows = await postgres.run((db) => unratedTripsOf(db, customerId, most));
  return rows.map(unratedTrip);
}

function unratedTrip(row: UnratedRow) {
  return {
    assignmentId: row.tripId,
    tripId: row.tripId,
    bookingId: row.orderId,
    driverName: nameOfDriver(row.driverName),
    driverProfilePhotoUrl: row.driverPhoto,
    vehicleNumber: row.vehicleNumber,
    vehicleType: row.vehicleType,
    pickup: locationView(row.pickup),
    drop: locationView(row.drop),
    completedAt: row.completedAt.toISOString(),
  };
}
