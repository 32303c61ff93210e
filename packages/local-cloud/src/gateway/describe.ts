import type * as z from 'zod';
import {
  Api,
  type Found,
  Integration,
  type Read,
  readerOf,
  type ResolvedResource,
  Route,
  RouteResponse,
  Stage,
} from './api-resources.ts';
import type {
  CorsConfiguration,
  HttpApiDescription,
  HttpApiRoute,
  WebSocketApiDescription,
  WebSocketApiRoute,
} from './descriptions.ts';

export interface ApiDescriptions {
  readonly httpApi?: HttpApiDescription;
  readonly webSocketApi?: WebSocketApiDescription;
}

/** Reads the APIs out of a template: at most one of each kind, since they share an origin. */
export function describeApis(resources: readonly ResolvedResource[]): ApiDescriptions {
  const read = readerOf(resources);
  const ofKind = (kind: 'HTTP' | 'WEBSOCKET') => {
    const found = read('Api', Api).filter(({ properties }) => properties.ProtocolType === kind);
    if (found.length > 1) {
      throw new Error(
        `The template has ${found.length} APIs of protocol ${kind} (${found.map((each) => each.logicalId).join(', ')}), and one origin can serve only one of each: remove the others.`,
      );
    }
    return found[0];
  };
  const http = ofKind('HTTP');
  const webSocket = ofKind('WEBSOCKET');
  return {
    ...(http && { httpApi: describeHttpApi(http, read) }),
    ...(webSocket && { webSocketApi: describeWebSocketApi(webSocket, read) }),
  };
}

function describeHttpApi({ ref, properties }: Found<typeof Api>, read: Read): HttpApiDescription {
  const cors = properties.CorsConfiguration;
  return {
    apiId: ref,
    ...stageOf(ref, read),
    routes: routesOf(ref, read).map(({ route, integration }): HttpApiRoute => {
      if (integration.PayloadFormatVersion !== '2.0') {
        throw new Error(
          `The integration of "${route.RouteKey}" has payload format ${integration.PayloadFormatVersion}, and only 2.0 is served here: set PayloadFormatVersion to "2.0".`,
        );
      }
      return { ...served(route, integration), payloadFormatVersion: '2.0' };
    }),
    ...(cors && { cors: corsOf(cors) }),
  };
}

function describeWebSocketApi(
  { ref, properties }: Found<typeof Api>,
  read: Read,
): WebSocketApiDescription {
  const answered = new Set(
    read('RouteResponse', RouteResponse).map((each) => each.properties.RouteId),
  );
  return {
    apiId: ref,
    ...stageOf(ref, read),
    routeSelectionExpression: properties.RouteSelectionExpression,
    routes: routesOf(ref, read).map(({ route, integration, routeRef }): WebSocketApiRoute => ({
      ...served(route, integration),
      // Either alone is not enough in the cloud, too.
      hasRouteResponse:
        route.RouteResponseSelectionExpression !== undefined && answered.has(routeRef),
    })),
  };
}

function stageOf(apiId: string, read: Read) {
  const stages = read('Stage', Stage).filter(({ properties }) => properties.ApiId === apiId);
  const [only] = stages;
  if (!only || stages.length > 1) {
    throw new Error(`API ${apiId} has ${stages.length} stages: give it exactly one.`);
  }
  const { StageName, StageVariables } = only.properties;
  return { stage: StageName, ...(StageVariables && { stageVariables: StageVariables }) };
}

function routesOf(apiId: string, read: Read) {
  const integrations = new Map(
    read('Integration', Integration).map((each) => [`integrations/${each.ref}`, each.properties]),
  );
  return read('Route', Route)
    .filter(({ properties }) => properties.ApiId === apiId)
    .map(({ properties: route, ref: routeRef, logicalId }) => {
      const integration = integrations.get(route.Target);
      if (integration) return { route, routeRef, integration };
      throw new Error(
        `Route ${logicalId} points to ${route.Target}, which the template does not have.`,
      );
    });
}

function served(route: z.output<typeof Route>, integration: z.output<typeof Integration>) {
  const { TimeoutInMillis } = integration;
  return {
    routeKey: route.RouteKey,
    functionName: functionNameIn(integration.IntegrationUri),
    ...(TimeoutInMillis !== undefined && { timeoutMs: TimeoutInMillis }),
  };
}

/** An ARN of a function, alone or inside the path by which API Gateway calls it; a version may follow. */
function functionNameIn(uri: string): string {
  const name = /arn:[\w-]+:lambda:[\w-]*:\d*:function:([\w-]+(:[\w$-]+)?)/.exec(uri)?.[1];
  if (name !== undefined) return name;
  throw new Error(`"${uri}" names no Lambda function: IntegrationUri must be or contain its ARN.`);
}

type CorsProperties = NonNullable<z.output<typeof Api>['CorsConfiguration']>;

function corsOf(cors: CorsProperties): CorsConfiguration {
  return {
    allowOrigins: cors.AllowOrigins,
    allowMethods: cors.AllowMethods,
    allowHeaders: cors.AllowHeaders,
    exposeHeaders: cors.ExposeHeaders,
    ...(cors.MaxAge !== undefined && { maxAgeSeconds: cors.MaxAge }),
    allowCredentials: cors.AllowCredentials,
  };
}
