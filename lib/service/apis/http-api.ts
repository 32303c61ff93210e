import { Duration, Validations } from 'aws-cdk-lib';
import {
  CorsHttpMethod,
  type CorsPreflightOptions,
  HttpApi as Api,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  type IHttpApi,
  type IHttpStage,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { type Route, routeKeysOf } from '../../../src/contract/http/route.ts';
import type { AlarmProps } from '../../parts/alarm.ts';
import { exactly } from '../../parts/exactly.ts';
import type { Stage } from '../../parts/stage.ts';
import type { WeeloFunction } from '../functions/weelo-function.ts';
import { accessLog } from './access-log.ts';
import { hostOf } from './api-hosts.ts';
import { throttledRoutes, throttleOf, throttleRoutes } from './throttles.ts';

export interface HttpApiProps {
  readonly stage: Stage;
}

/** The HTTP API. It has the routes of the contract and no others. */
export class HttpApi extends Construct {
  readonly url: string;
  readonly host: string;
  private readonly api: IHttpApi;
  private readonly apiStage: IHttpStage;
  private readonly throttled: ReadonlyMap<string, number>;

  constructor(scope: Construct, id: string, { stage }: HttpApiProps) {
    super(scope, id);
    const api = new Api(this, 'Api', {
      apiName: `weelo-${stage.name}`,
      createDefaultStage: false,
      ...corsOf(stage),
    });
    this.api = exactly<IHttpApi>(api);
    const apiStage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      // By route they would cost as custom metrics. The access log has the same (docs/decisions/0038-watching.md).
      detailedMetricsEnabled: false,
      throttle: throttleOf(stage.requestsPerSecond),
      accessLogSettings: accessLog(this, 'AccessLog', {
        stage,
        name: 'http-access',
        fields: ['httpMethod', 'responseLatency', 'responseLength'],
      }),
    });
    this.apiStage = apiStage;
    this.throttled = throttledRoutes(stage);
    throttleRoutes(apiStage, this.throttled);
    this.url = apiStage.url;
    this.host = hostOf(api.apiId, stage.region);
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason:
        'The functions themselves check the token, the session and the role that the contract asks for: an authorizer could not know that a session was ended',
    });
  }

  /** Adds routes of the contract, and the function that serves them. */
  serve(routes: readonly Route[], server: WeeloFunction): void {
    const { lambda, node } = server;
    const withMethod = new HttpLambdaIntegration(`${node.id}Integration`, lambda, {
      // One permission covers all routes. One permission per route would exceed the policy's limit of 20,480 bytes.
      scopePermissionToRoute: false,
    });
    // `$default` needs its own permission: the other one requires a method, and a call of `$default` has none.
    const withoutMethod = new HttpLambdaIntegration(`${node.id}DefaultIntegration`, lambda);
    for (const route of routes) {
      for (const key of routeKeysOf(route)) {
        const routeKey = httpRouteKey(route, key);
        const integration = routeKey === HttpRouteKey.DEFAULT ? withoutMethod : withMethod;
        const made = new HttpRoute(this, `Route ${key}`, {
          httpApi: this.api,
          routeKey,
          integration,
        });
        // The stage has limits for this route. Its creation fails if the route does not exist yet.
        if (this.throttled.has(key)) this.apiStage.node.addDependency(made);
      }
    }
  }

  metricServerErrors(): IMetric {
    return this.apiStage.metricServerError({ period: Duration.minutes(1), statistic: 'Sum' });
  }

  /** What it answers, for the dashboard. */
  metricAnswers(): readonly IMetric[] {
    const of = { period: Duration.minutes(1), statistic: 'Sum' };
    const { apiStage } = this;
    return [
      apiStage.metricCount(of),
      apiStage.metricClientError(of),
      apiStage.metricServerError(of),
    ];
  }

  alarms(): readonly AlarmProps[] {
    return [
      {
        name: 'ServerErrors',
        metric: this.metricServerErrors(),
        ringing: { from: 5, periods: 3 },
        meaning: 'The HTTP API has been answering 5xx for three minutes.',
        remedy:
          'GET /health names the part that is away; find the requests in http-access by status.',
        runbook: 'docs/runbooks/alarms.md#server-errors',
      },
    ];
  }
}

function httpRouteKey({ method }: Route, key: string): HttpRouteKey {
  const [, path] = key.split(' ');
  return path === undefined ? HttpRouteKey.DEFAULT : HttpRouteKey.with(path, HttpMethod[method]);
}

/** If no web page may call a stage, it answers a preflight like any unknown path. */
function corsOf({ corsOrigins }: Stage): { readonly corsPreflight?: CorsPreflightOptions } {
  if (corsOrigins.length === 0) return {};
  return {
    corsPreflight: {
      allowOrigins: [...corsOrigins],
      allowMethods: [CorsHttpMethod.ANY],
      allowHeaders: [
        'authorization',
        'content-type',
        'x-idempotency-key',
        'x-request-id',
        'x-device-id',
      ],
      exposeHeaders: [
        'RateLimit-Limit',
        'RateLimit-Remaining',
        'RateLimit-Reset',
        'Retry-After',
        'Idempotent-Replayed',
        'X-Request-Id',
      ],
      maxAge: Duration.hours(1),
    },
  };
}
