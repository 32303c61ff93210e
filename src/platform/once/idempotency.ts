import {
  IdempotencyAlreadyInProgressError,
  IdempotencyConfig,
  IdempotencyInconsistentStateError,
  IdempotencyItemNotFoundError,
  IdempotencyPersistenceLayerError,
  IdempotencyValidationError,
  makeIdempotent,
} from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import { AppError } from '../../contract/errors.ts';
import { awsPatience } from '../aws/aws.ts';
import { canonicalJson } from './canonical-json.ts';
import { countOne, logger } from '../logs/observability.ts';

/** What one client wants done once, even if the request is sent several times. */
interface Intent {
  /** The operation's id, not its path: apps retry the same intent on an alias. */
  readonly operation: string;
  readonly userId: string;
  readonly key: string;
  /** The request that the key stands for. The same key with another payload is refused. */
  readonly payload: unknown;
}

/** Does the work of an intent once, and stores its outcome, a JSON text. A repeated request gets the same outcome. */
export type Remember = (
  intent: Intent,
  work: () => Promise<string>,
  context: Context,
) => Promise<{ readonly outcome: string; readonly replayed: boolean }>;

const keptSeconds = 300;
const retryAfterMs = 1000;

/**
 * The first half of P2. The record may be lost, or written too late. Then a unique constraint in the transaction that
 * does the work keeps the promise.
 */
export function rememberIn(tableName: string, client = new DynamoDBClient(awsPatience)): Remember {
  const stores = new Map<string, DynamoDBPersistenceLayer>();
  // A persistence layer keeps the settings of the first function that it is used for.
  const storeOf = (operation: string) => {
    const store =
      stores.get(operation) ?? new DynamoDBPersistenceLayer({ tableName, awsSdkV3Client: client });
    stores.set(operation, store);
    return store;
  };

  return async ({ operation, userId, key, payload }, work, context) => {
    let replayed = true;
    const config = new IdempotencyConfig({
      // Without a guard, a request that has no key would match any other such request.
      throwOnNoIdempotencyKey: true,
      eventKeyJmesPath: 'key',
      payloadValidationJmesPath: 'payload',
      hashFunction: 'sha256',
      expiresAfterSeconds: keptSeconds,
    });
    config.registerLambdaContext(context);
    const once = makeIdempotent(
      async (_intent: { key: string; payload: string }) => {
        replayed = false;
        return work();
      },
      { persistenceStore: storeOf(operation), config, keyPrefix: operation },
    );

    logger.info('Idempotency key received', { operation });
    const outcome = await once({ key: `${userId}#${key}`, payload: canonicalJson(payload) }).catch(
      (error: unknown) => {
        throw meaning(error);
      },
    );
    if (replayed) countOne('IdempotentReplays');
    logger.info(replayed ? 'Idempotency HIT' : 'Idempotency cached', { operation });
    return { outcome, replayed };
  };
}

function meaning(error: unknown): unknown {
  const inFlight =
    error instanceof IdempotencyAlreadyInProgressError ||
    // The record expired while it was being read, several times.
    error instanceof IdempotencyInconsistentStateError ||
    // The first request failed, so its record was deleted while it was being read.
    error instanceof IdempotencyItemNotFoundError;
  if (inFlight) {
    return new AppError('CONCURRENT_REQUEST', { retryAfterMs, cause: error });
  }
  if (error instanceof IdempotencyValidationError) {
    return new AppError('IDEMPOTENCY_CONFLICT', { cause: error });
  }
  if (error instanceof IdempotencyPersistenceLayerError) {
    return new AppError('SERVICE_UNAVAILABLE', { retryAfterMs, cause: error });
  }
  return error;
}
