import { AppError } from '../../contract/errors.ts';
import { isRedisAway } from './redis-errors.ts';

/** For what cannot be done without Redis: while it is away, the client is asked to come again. */
export async function unlessAway<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (cause) {
    if (!isRedisAway(cause)) throw cause;
    throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs: 2000, cause });
  }
}
