import { createHash } from 'node:crypto';
import type { Stage } from './stage.ts';

/** The zones that a network has subnets in. */
export function subnetZones(network: Stage['network']): readonly string[] {
  return network.kind === 'new' ? network.zones : network.subnets.map(({ zone }) => zone);
}

/**
 * A name for a resource that is replaced when its subnets change. The new resource exists beside the old one until the
 * old one is deleted, so the two need different names. Zones in another order are other subnets.
 */
export function nameInZones({ name, network }: Pick<Stage, 'name' | 'network'>): string {
  const subnets =
    network.kind === 'new' ? network.zones : network.subnets.map(({ subnetId }) => subnetId);
  const hash = createHash('sha256').update(subnets.join(' ')).digest('hex');
  return `weelo-${name}-${hash.slice(0, 8)}`;
}
