import type { HttpFunctionName } from '../functions.ts';
import { servedByAuth } from './served-by/auth.ts';
import { servedByFleet } from './served-by/fleet.ts';
import { servedByOrders } from './served-by/orders.ts';
import { servedByPlaces } from './served-by/places.ts';
import { servedBySocketPoll } from './served-by/socket-poll.ts';
import { servedBySystem } from './served-by/system.ts';
import { servedByTrips } from './served-by/trips.ts';

/** The whole HTTP API. A function imports its own list, so that it loads no schema of another's. */
export const routes = [
  ...servedBySystem,
  ...servedByAuth,
  ...servedByPlaces,
  ...servedByFleet,
  ...servedByOrders,
  ...servedByTrips,
  ...servedBySocketPoll,
] as const;

type AnyRoute = (typeof routes)[number];

/** The routes that one function serves. */
export type RoutesOf<N extends HttpFunctionName> = Extract<AnyRoute, { readonly function: N }>;

export function routesOf<N extends HttpFunctionName>(name: N): readonly RoutesOf<N>[] {
  return routes.filter((each): each is RoutesOf<N> => each.function === name);
}
