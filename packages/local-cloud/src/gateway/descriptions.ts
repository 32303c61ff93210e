/** What a gateway serves: an HTTP API and a WebSocket API, as their template describes them. */

export interface HttpApiDescription {
  readonly apiId: string;
  /** `$default` serves at the root; any other stage's name is the first part of each path. */
  readonly stage: string;
  readonly stageVariables?: Readonly<Record<string, string>>;
  readonly routes: readonly HttpApiRoute[];
  readonly cors?: CorsConfiguration;
}

export interface HttpApiRoute {
  /** `GET /pets/{id}`, `ANY /{proxy+}` or `$default`. */
  readonly routeKey: string;
  /** With the version or alias, where the template calls one: `front:live`. */
  readonly functionName: string;
  readonly payloadFormatVersion: '2.0';
  /** Default: the longest that API Gateway allows. */
  readonly timeoutMs?: number;
}

export interface CorsConfiguration {
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly maxAgeSeconds?: number;
  readonly allowCredentials: boolean;
}

export interface WebSocketApiDescription {
  readonly apiId: string;
  readonly stage: string;
  readonly stageVariables?: Readonly<Record<string, string>>;
  /** For example `$request.body.action`. */
  readonly routeSelectionExpression: string;
  readonly routes: readonly WebSocketApiRoute[];
}

export interface WebSocketApiRoute {
  /** `$connect`, `$disconnect`, `$default`, or what the selection expression yields. */
  readonly routeKey: string;
  readonly functionName: string;
  /** Whether what the function answers goes back on the socket. */
  readonly hasRouteResponse: boolean;
  readonly timeoutMs?: number;
}
