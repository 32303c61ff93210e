import { createHash } from 'node:crypto';
import type { Stage } from './stage.ts';

/**
 * A name for a resource that is replaced when its subnets change. The new resource exists beside the old one until the
 * old one is deleted, so the two need different names. Zones in another order are other subnets.
 */
export function nameInZones({ name, zones }: Pick<Stage, 'name' | 'zones'>): string {
  const hash = createHash('sha256').update(zones.join(' ')).digest('hex');
  return `weelo-${name}-${hash.slice(0, 8)}`;
}
