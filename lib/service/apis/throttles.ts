import { CfnStage, type HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { searchTrucks } from '../../../src/contract/http/search/routes.ts';
import { beat } from '../../../src/contract/http/presence/routes.ts';
import { type Route, routeKeysOf } from '../../../src/contract/http/route.ts';
import type { Stage } from '../../parts/stage.ts';

export const throttleOf = (perSecond: number) => ({
  rateLimit: perSecond,
  burstLimit: 2 * perSecond,
});

/** By route key: how many calls a second are allowed for all callers together. */
export function throttledRoutes(stage: Stage): ReadonlyMap<string, number> {
  const throttles: readonly (readonly [Route, number])[] = [
    [searchTrucks, stage.searchesPerSecond],
    [beat, stage.heartbeatsPerSecond],
  ];
  return new Map(
    throttles.flatMap(([route, perSecond]) =>
      routeKeysOf(route).map((key) => [key, perSecond] as const),
    ),
  );
}

export function throttleRoutes({ node }: HttpStage, routes: ReadonlyMap<string, number>): void {
  if (!(node.defaultChild instanceof CfnStage)) throw new Error('The stage has no resource');
  node.defaultChild.routeSettings = Object.fromEntries(
    [...routes].map(([key, perSecond]) => {
      const { rateLimit, burstLimit } = throttleOf(perSecond);
      return [key, { ThrottlingRateLimit: rateLimit, ThrottlingBurstLimit: burstLimit }];
    }),
  );
}
