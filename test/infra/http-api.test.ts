import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { stageNamed } from '../../lib/parts/stages.ts';
import { routeKeysOf } from '../../src/contract/http/route.ts';
import { routes } from '../../src/contract/http/routes.ts';
import { holding } from './matchers.ts';
import { pathOf, synthesized } from './synth.ts';

const dev = synthesized('dev');

const httpRoutes = dev
  .ofType('AWS::ApiGatewayV2::Route')
  .filter((each) => pathOf(each).startsWith('HttpApi/'));

function serverOf(target: string): string {
  const path = /^integrations\/<(.+)>$/.exec(target)?.[1] ?? '';
  const { IntegrationUri, PayloadFormatVersion, IntegrationType } = dev.one(
    'AWS::ApiGatewayV2::Integration',
    path,
  ).Properties;
  expect([IntegrationType, PayloadFormatVersion]).toEqual(['AWS_PROXY', '2.0']);
  return dev.say(IntegrationUri);
}

describe('the HTTP API', () => {
  const declared = routes.flatMap((route) =>
    routeKeysOf(route).map((key) => [key, route.function] as const),
  );

  test.each(declared)('sends %s to %s', (key, name) => {
    const found = httpRoutes.filter((each) => each.Properties['RouteKey'] === key);
    expect(found.map((each) => serverOf(dev.say(each.Properties['Target'])))).toEqual([
      `<Functions/${name}/Function/Live>`,
    ]);
  });

  test('has no route that the contract does not declare', () => {
    const keys = httpRoutes.map((each) => dev.say(each.Properties['RouteKey']));
    expect(keys.toSorted()).toEqual(declared.map(([key]) => key).toSorted());
  });

  test('lets the pages of the stage call it, with our headers, and read our headers', () => {
    expect(dev.one('AWS::ApiGatewayV2::Api', 'HttpApi/').Properties).toMatchObject({
      ProtocolType: 'HTTP',
      CorsConfiguration: {
        AllowOrigins: ['http://localhost:3000', 'http://127.0.0.1:3000'],
        AllowHeaders: holding([
          'authorization',
          'content-type',
          'x-idempotency-key',
          'x-request-id',
          'x-device-id',
        ]),
        ExposeHeaders: holding([
          'RateLimit-Limit',
          'RateLimit-Remaining',
          'RateLimit-Reset',
          'Retry-After',
          'Idempotent-Replayed',
          'X-Request-Id',
        ]),
      },
    });
  });

  test('is deployed by itself, throttled, and logs no path and no query', () => {
    const { AccessLogSettings, ...stage } = dev.one(
      'AWS::ApiGatewayV2::Stage',
      'HttpApi/',
    ).Properties;
    expect(stage).toMatchObject({
      StageName: '$default',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 200, ThrottlingBurstLimit: 400 },
    });
    const { Format } = z.object({ Format: z.string() }).parse(AccessLogSettings);
    expect(Format).toContain('$context.routeKey');
    expect(Format).not.toMatch(/\$context\.(path|queryString)/);
  });
});

/**
 * Processing units of the cache, about one per command. A heartbeat of somebody who has thirty kinds of vehicle and
 * changes its cell whenever the index listens: 30 notes and 12 writes a minute, with 31 maps each. A search where four
 * areas meet, and a kind is missing: it reads 1,150 cells twice, each time in the CPU time of 82 simple commands.
 */
const dearest = { heartbeat: 38, search: 200 } as const;

describe.each(['dev', 'staging', 'prod'])('searches and heartbeats in the stage %s', (name) => {
  const { searchesPerSecond, heartbeatsPerSecond, cache, requestsPerSecond } = stageNamed(name);
  const made = synthesized(name);
  const stage = made.one('AWS::ApiGatewayV2::Stage', 'HttpApi/');
  const throttled = {
    'GET /api/v1/search': searchesPerSecond,
    'POST /api/v1/transporter/heartbeat': heartbeatsPerSecond,
  };

  test('are throttled separately, and like all routes have no metrics of their own, which cost', () => {
    const settings = Object.entries(throttled).map(([key, perSecond]) => [
      key,
      {
        ThrottlingRateLimit: perSecond,
        ThrottlingBurstLimit: 2 * perSecond,
      },
    ]);
    expect(stage.Properties['RouteSettings']).toEqual(Object.fromEntries(settings));
    expect(stage.Properties['DefaultRouteSettings']).toMatchObject({
      DetailedMetricsEnabled: false,
    });
    expect(Math.max(...Object.values(throttled))).toBeLessThan(requestsPerSecond);
  });

  test('are routes before the stage throttles them: a stage that names a missing route is refused', () => {
    const before = stage.DependsOn.map((id) => made.resources.get(id)?.Properties['RouteKey']);
    expect(before).toEqual(expect.arrayContaining(Object.keys(throttled)));
  });

  test('leave logins a twelfth of the cache, even if every call costs the most that it can', () => {
    const units = heartbeatsPerSecond * dearest.heartbeat + searchesPerSecond * dearest.search;
    const most = cache.kind === 'new' ? cache.maxUnitsPerSecond : 0;
    expect(units).toBeLessThan((most * 11) / 12);
  });
});
