import type { Context } from 'aws-lambda';
import type { Invocation } from '../messages.ts';

/** The handler's second argument. What belongs to callbacks is gone since Node.js 24. */
export function contextOf({ requestId, arn, deadline }: Invocation): Context {
  const variable = (name: string): string => process.env[name] ?? '';
  const gone = (): never => {
    throw new Error('Callbacks are gone since Node.js 24: let the handler return a promise.');
  };
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: variable('AWS_LAMBDA_FUNCTION_NAME'),
    functionVersion: variable('AWS_LAMBDA_FUNCTION_VERSION'),
    invokedFunctionArn: arn,
    memoryLimitInMB: variable('AWS_LAMBDA_FUNCTION_MEMORY_SIZE'),
    awsRequestId: requestId,
    logGroupName: variable('AWS_LAMBDA_LOG_GROUP_NAME'),
    logStreamName: variable('AWS_LAMBDA_LOG_STREAM_NAME'),
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    done: gone,
    fail: gone,
    succeed: gone,
  };
}
