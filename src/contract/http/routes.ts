import * as authRoutes from './auth/routes.ts';
import * as catalogueRoutes from './catalogue/routes.ts';
import * as fleetRoutes from './fleet/routes.ts';
import type { HttpFunctionName } from '../functions.ts';
import * as presenceRoutes from './presence/routes.ts';
import * as profileRoutes from './profile/routes.ts';
import * as orderRoutes from './orders/routes.ts';
import * as placesRoutes from './places/routes.ts';
import * as systemRoutes from './system/routes.ts';

/** The whole HTTP API. */
export const routes = [
  systemRoutes.getHealth,
  systemRoutes.getLiveness,
  systemRoutes.getReadiness,
  systemRoutes.getPublicKeys,
  systemRoutes.answerPreflight,
  systemRoutes.answerUnknownPath,
  authRoutes.sendLoginCode,
  authRoutes.verifyLoginCode,
  authRoutes.sendDriverLoginCode,
  authRoutes.verifyDriverLoginCode,
  authRoutes.refreshSession,
  authRoutes.logOut,
  authRoutes.getMe,
  authRoutes.listSessions,
  authRoutes.endSession,
  authRoutes.createSocketTicket,
  profileRoutes.getProfile,
  profileRoutes.updateCustomerProfile,
  profileRoutes.updateTransporterProfile,
  profileRoutes.registerDeviceToken,
  profileRoutes.unregisterDeviceToken,
  catalogueRoutes.listVehicleTypes,
  catalogueRoutes.getVehiclePricing,
  catalogueRoutes.searchTrucks,
  placesRoutes.searchPlaces,
  placesRoutes.findAddress,
  placesRoutes.findRoute,
  placesRoutes.findRouteWithStops,
  fleetRoutes.listVehicles,
  fleetRoutes.upsertVehicle,
  fleetRoutes.getVehicle,
  fleetRoutes.deleteVehicle,
  fleetRoutes.listDrivers,
  fleetRoutes.beginOnboarding,
  fleetRoutes.resendOnboardingCode,
  fleetRoutes.finishOnboarding,
  fleetRoutes.removeDriver,
  fleetRoutes.getDriverAvailability,
  fleetRoutes.setDriverAvailability,
  orderRoutes.placeOrder,
  orderRoutes.listOrders,
  orderRoutes.checkActiveOrder,
  orderRoutes.getOrder,
  orderRoutes.getOrderStatus,
  orderRoutes.previewCancellation,
  orderRoutes.cancelOrder,
  orderRoutes.listBookings,
  orderRoutes.getBooking,
  orderRoutes.listBookingTrucks,
  orderRoutes.cancelBooking,
  presenceRoutes.getTransporterAvailability,
  presenceRoutes.setTransporterAvailability,
  presenceRoutes.beat,
  presenceRoutes.stopBeating,
] as const;

type AnyRoute = (typeof routes)[number];

/** The routes that one function serves. */
export type RoutesOf<N extends HttpFunctionName> = Extract<AnyRoute, { readonly function: N }>;

export function routesOf<N extends HttpFunctionName>(name: N): readonly RoutesOf<N>[] {
  return routes.filter((each): each is RoutesOf<N> => each.function === name);
}
