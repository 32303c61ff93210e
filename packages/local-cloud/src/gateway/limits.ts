import type { Rate } from './token-bucket.ts';

/**
 * API Gateway's quotas, none of which can be raised, and bounds of our own where it has none. Tests
 * shorten the times.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
export interface GatewayLimits {
  /** An HTTP route's function may take so long, at most. */
  readonly httpIntegrationMs: number;
  /** A socket route's function may take so long, at most. */
  readonly socketIntegrationMs: number;
  /** Bytes of a request's body. */
  readonly bodyBytes: number;
  /** Bytes of request line and header values together. */
  readonly headerBytes: number;
  /** Bytes of JSON into or out of a function: Lambda's quota, not API Gateway's. */
  readonly payloadBytes: number;
  /** Bytes of one socket message, either way. */
  readonly messageBytes: number;
  /** Bytes of one frame from a client. */
  readonly frameBytes: number;
  /** A connection on which nothing moves for so long is closed. */
  readonly idleMs: number;
  /** And any connection after so long. */
  readonly lifeMs: number;
  /** New connections of the account. */
  readonly newConnections: Rate;
  /** Calls of the account: requests to its HTTP APIs, and calls of `@connections`, together. */
  readonly calls: Rate;
  /** Open sockets; API Gateway has no such quota, a laptop has one. */
  readonly connections: number;
  /** Bytes posted to a client that does not read them; then posting is refused as too fast. */
  readonly unsentBytes: number;
  /** How long the other side has to answer a close, and requests under way to end at a stop. */
  readonly closingMs: number;
}

export const apiGatewayLimits: GatewayLimits = {
  httpIntegrationMs: 30_000,
  socketIntegrationMs: 29_000,
  bodyBytes: 10 * 1024 * 1024,
  headerBytes: 10_240,
  payloadBytes: 6 * 1024 * 1024,
  messageBytes: 128 * 1024,
  frameBytes: 32 * 1024,
  idleMs: 10 * 60_000,
  lifeMs: 2 * 60 * 60_000,
  newConnections: { perSecond: 500, burst: 500 },
  calls: { perSecond: 10_000, burst: 5_000 },
  connections: 10_000,
  unsentBytes: 1024 * 1024,
  closingMs: 2_000,
};
