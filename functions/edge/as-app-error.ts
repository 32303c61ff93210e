import { AppError } from '../../src/contract/errors.ts';
import { logger } from '../../src/platform/logs/observability.ts';

/**
 * What the client may see of an error. An error that is not meant for clients becomes one generic answer, and only the
 * log has its details.
 */
export function asAppError(error: Error | null | undefined): AppError {
  if (error instanceof AppError) {
    // Refusals are normal and not logged here. The cause of a 5xx is logged for the operators.
    if (error.status >= 500) logger.error(error.message, error);
    return error;
  }
  logger.error('Request failed', error ?? new Error('Something was thrown that is no error'));
  return endedByTime(error)
    ? new AppError('SERVICE_UNAVAILABLE', { retryAfterMs: 1000 })
    : new AppError('INTERNAL_ERROR');
}

/** Thrown by middy shortly before Lambda would end the function without any answer. */
function endedByTime(error: Error | null | undefined): boolean {
  return error?.name === 'TimeoutError';
}
