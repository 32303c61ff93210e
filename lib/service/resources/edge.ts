import { withoutEdge } from '../../../src/contract/edge.ts';
import type { EdgeSecret } from '../../data/edge-secret.ts';
import type { Provisions } from '../../parts/provision.ts';

/** By what a function knows a request that came through the edge. `undefined`: the stage has none. */
export function edgeProvision(edgeSecret: EdgeSecret | undefined): Provisions<'edge-secret'> {
  return {
    'edge-secret': {
      variables: { EDGE_SECRET_ARN: edgeSecret?.secret.secretArn ?? withoutEdge },
      grant: (to) => edgeSecret?.grantRead(to),
    },
  };
}
