import { createHash } from 'node:crypto';
import type { Stage } from './stage.ts';

/**
 * A name for what must have one and is made anew in other subnets: the new one stands beside the old one
 * until that is deleted, and both cannot bear the same name. Zones in another order are other subnets.
 */
export function nameInZones({ name, zones }: Pick<Stage, 'name' | 'zones'>): string {
  const hash = createHash('sha256').update(zones.join(' ')).digest('hex');
  return `weelo-${name}-${hash.slice(0, 8)}`;
}
