import { logger } from '../../platform/logs/observability.ts';
import type { GeoIndex } from './index/geo-index.ts';

export interface ForgetKindsDeps {
  readonly geo: Pick<GeoIndex, 'forgetKinds'>;
}

/** After every change of a fleet. Where Redis is away, what it knows of the fleet's kinds runs out by itself. */
export async function forgetKinds(transporterId: string, { geo }: ForgetKindsDeps): Promise<void> {
  try {
    await geo.forgetKinds(transporterId);
  } catch (error) {
    logger.warn('The kinds of a fleet are known as they were', { error: String(error) });
  }
}
