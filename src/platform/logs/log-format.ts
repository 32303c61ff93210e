import { LogFormatter, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';
import * as z from 'zod';
import { requestOfNow } from './request.ts';

/** The fields that identify an error. Its other fields may hold a row, an argument or a token, and are not logged. */
const Telling = z.object({
  code: z.union([z.string(), z.number()]).optional().catch(undefined),
  constraint: z.string().optional().catch(undefined),
});

/** Powertools' log lines, but with errors that leave out data. */
export class DiscreetFormatter extends LogFormatter {
  override formatAttributes(line: UnformattedAttributes, more: LogAttributes): LogItem {
    const { lambdaContext: lambda } = line;
    const requestId = requestOfNow();
    const attributes = {
      level: line.logLevel,
      message: line.message,
      timestamp: this.formatTimestamp(line.timestamp),
      service: line.serviceName,
      ...(requestId !== undefined && { requestId }),
      ...(lambda && {
        cold_start: lambda.coldStart,
        function_name: lambda.functionName,
        function_request_id: lambda.awsRequestId,
      }),
      ...(line.xRayTraceId && { xray_trace_id: line.xRayTraceId }),
    };
    return new LogItem({ attributes }).addAttributes(more);
  }

  /** PostgreSQL puts whole rows into an error's `detail`, Prisma a call's arguments into `meta`. */
  override formatError(error: Error): LogAttributes {
    const { name, message, stack, cause } = error;
    return {
      name,
      message: discreet(name, message),
      ...Telling.parse(error),
      // Without the first lines of the stack, which repeat the message.
      stack: stack?.split('\n').filter((line) => line.startsWith('    at ')),
      ...(cause instanceof Error && { cause: this.formatError(cause) }),
    };
  }
}

/** Prisma writes the arguments of a refused call below the first line, so only that line is logged. */
function discreet(name: string, message: string): string {
  const lines = message.split('\n').filter((line) => line.trim() !== '');
  return name.startsWith('PrismaClient') ? (lines[0] ?? '') : message;
}

/**
 * An error as it may leave a function. What leaves a function is logged by Lambda's runtime, too, with the whole message
 * and every field, and that line does not pass the formatter above.
 */
export function discreetError(error: Error): Error {
  const { name, message } = error;
  const bare = new Error(String(withoutPhoneNumbers('', discreet(name, message))));
  bare.name = name;
  // Its own line has the stack.
  bare.stack = `${name}: ${bare.message}`;
  return bare;
}

const phoneNumber = /(?<![\w.])(?:\+?91)?[6-9]\d{5}(\d{4})(?!\w)/g;

/** No phone number is logged in clear. Its last four digits are enough to find a person. */
export function withoutPhoneNumbers(_: string, value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll(phoneNumber, 'xxxxxx$1') : value;
}
