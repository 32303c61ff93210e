import { AppError } from '../../../src/contract/errors.ts';
import { routeKeysOf, type Route } from '../../../src/contract/http/route.ts';
import type { HttpMiddleware } from './call.ts';

/** API Gateway has matched the route already. The event's route key names the declaration. */
export function findRoute(routes: readonly Route[]): HttpMiddleware {
  const byKey = new Map(routes.flatMap((route) => routeKeysOf(route).map((key) => [key, route])));
  return {
    before: ({ event, context }) => {
      const route = byKey.get(event.routeKey);
      if (!route) throw new AppError('NOT_FOUND');
      context.call.route = route;
    },
  };
}
