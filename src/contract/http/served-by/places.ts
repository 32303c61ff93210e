import { getVehiclePricing, listVehicleTypes } from '../catalogue/routes.ts';
import { findAddress, findRoute, findRouteWithStops, searchPlaces } from '../places/routes.ts';

/** The routes of the function `places`. */
export const servedByPlaces = [
  listVehicleTypes,
  getVehiclePricing,
  searchPlaces,
  findAddress,
  findRoute,
  findRouteWithStops,
] as const;
