import type { FreeChanged } from '../../contract/queues.ts';
import type { Queue } from '../../platform/aws/queues.ts';
import { logger } from '../../platform/logs/observability.ts';

export interface TellFreeDeps {
  readonly queues: { readonly dispatch: Pick<Queue, 'send'> };
}

/**
 * An owner has put a truck into service, or taken one out: open offers may gain or lose a line. If this cannot be sent,
 * the offers that are asked for are right all the same.
 */
export async function tellFreeChanged(
  transporterId: string,
  { queues }: TellFreeDeps,
): Promise<void> {
  const message: FreeChanged = { kind: 'free-changed', transporterId };
  await queues.dispatch.send(message).catch((error: unknown) => {
    logger.warn('Open offers are not refreshed', { transporterId, error: String(error) });
  });
}
