import { withoutEdge } from '../../src/contract/edge.ts';
import type { Environment } from '../../src/contract/environment.ts';
import type { ReadSecret } from '../../src/platform/aws/secrets.ts';
import type { Clock } from '../../src/platform/clock.ts';
import { openEdgeSecret, type IsFromEdge } from '../../src/platform/edge-secret.ts';

/** How a function knows what came through the edge. Undefined: the stage has none, and clients call our APIs directly. */
export function edgeFrom(
  { EDGE_SECRET_ARN: arn }: Environment<'EDGE_SECRET_ARN'>,
  readSecret: ReadSecret,
  clock: Clock,
): IsFromEdge | undefined {
  return arn === withoutEdge ? undefined : openEdgeSecret(readSecret, arn, clock);
}
