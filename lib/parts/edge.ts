import type { Stage } from './stage.ts';

/** CloudFront takes firewalls and certificates of this region alone. */
export const edgeRegion = 'us-east-1';

/** The same in both regions. */
export function edgeSecretName({ name }: Stage): string {
  return `weelo/${name}/edge`;
}
