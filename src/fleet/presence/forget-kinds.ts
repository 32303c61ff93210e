import { logger } from '../../platform/logs/observability.ts';
import type { GeoIndex } from './index/geo-index.ts';

export interface ForgetKindsDeps {
  readonly geo: Pick<GeoIndex, 'forgetKinds'>;
}

/** To be called after every change of a fleet. If Redis is away, the kinds that it knows expire within five minutes. */
export async function forgetKinds(transporterId: string, { geo }: ForgetKindsDeps): Promise<void> {
  try {
    await geo.forgetKinds(transporterId);
  } catch (error) {
    logger.warn('Redis may have the old kinds of a fleet for up to five minutes', {
      error: String(error),
    });
  }
}
