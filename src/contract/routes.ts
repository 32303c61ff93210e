import type { HttpFunctionName } from './functions.ts';
import * as systemRoutes from './system-routes.ts';

/** The whole HTTP API. */
export const routes = [
  systemRoutes.getHealth,
  systemRoutes.getLiveness,
  systemRoutes.getReadiness,
  systemRoutes.getPublicKeys,
  systemRoutes.answerPreflight,
  systemRoutes.answerUnknownPath,
] as const;

type AnyRoute = (typeof routes)[number];

/** The routes that one function serves. */
export type RoutesOf<N extends HttpFunctionName> = Extract<AnyRoute, { readonly function: N }>;

export function routesOf<N extends HttpFunctionName>(name: N): readonly RoutesOf<N>[] {
  return routes.filter((each): each is RoutesOf<N> => each.function === name);
}
