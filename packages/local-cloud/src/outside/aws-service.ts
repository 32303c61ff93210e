import * as z from 'zod';
import type {
  Account,
  PlayedRequest,
  PlayedResponse,
  PlayedService,
  WireFormat,
} from '../protocol/played-service.ts';
import { jsonAnswer, readJson, Refusal, type ServiceError } from './exchange.ts';

interface Play {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** One operation: it parses its input itself and answers, or throws. */
export type Operation = (input: unknown, request: PlayedRequest) => Play;

type JsonFormat = Exclude<WireFormat, 'query'>;

export interface AwsServiceProps {
  readonly signingName: string;
  readonly wireFormat: JsonFormat;
  readonly operations: ReadonlyMap<string, Operation>;
  /** The operation that a request asks for, among those above or not. */
  readonly operationOf: (request: PlayedRequest) => string | undefined;
  readonly resourcesOf: (request: PlayedRequest, account: Account) => readonly string[];
  /** How this service words the refusal of a bad input. */
  readonly invalid: (problems: readonly Problem[]) => ServiceError;
}

/** What is wrong with one member of an input. */
export interface Problem {
  /** As in `Waypoints.0.Position`. */
  readonly member: string;
  readonly message: string;
  readonly missing: boolean;
}

/** A service of AWS that answers from memory, far enough for what its real client sends and reads. */
export function awsService(props: AwsServiceProps): PlayedService {
  const { signingName, wireFormat, operations, operationOf, resourcesOf } = props;
  return {
    signingName,
    wireFormat,
    resourcesOf,
    actionOf(request) {
      const operation = operationOf(request);
      return operation !== undefined && operations.has(operation)
        ? `${signingName}:${operation}`
        : undefined;
    },
    handle: (request) => Promise.resolve(answer(request, props)),
  };
}

function answer(request: PlayedRequest, props: AwsServiceProps): PlayedResponse {
  const operation = props.operations.get(props.operationOf(request) ?? '');
  try {
    if (!operation) throw new Refusal(unknownOperation);
    const { status = 200, headers, body } = operation(inputOf(request), request);
    return jsonAnswer(status, body, { 'content-type': mediaTypes[props.wireFormat], ...headers });
  } catch (error) {
    return writeError(asServiceError(error, props), props.wireFormat);
  }
}

const unknownOperation: ServiceError = {
  status: 400,
  code: 'UnknownOperationException',
  message: 'This operation is not played on this machine.',
};

function inputOf(request: PlayedRequest): unknown {
  if (request.method === 'GET') return {};
  const input = readJson(request);
  if (input !== undefined) return input;
  throw new Refusal({
    status: 400,
    code: 'SerializationException',
    message: 'The request body is not JSON.',
  });
}

function asServiceError(error: unknown, { invalid }: AwsServiceProps): ServiceError {
  if (error instanceof Refusal) return error.error;
  if (!(error instanceof z.ZodError)) throw error;
  return invalid(
    error.issues.map((issue) => ({
      member: issue.path.join('.'),
      message: issue.message,
      missing: issue.code === 'invalid_type' && issue.input === undefined,
    })),
  );
}

const mediaTypes: Record<JsonFormat, string> = {
  'json-1.0': 'application/x-amz-json-1.0',
  'json-1.1': 'application/x-amz-json-1.1',
  'rest-json': 'application/json',
};

function writeError(
  { status, code, message, details }: ServiceError,
  wireFormat: JsonFormat,
): PlayedResponse {
  const named = wireFormat === 'rest-json' ? {} : { __type: code };
  const headers = { 'content-type': mediaTypes[wireFormat], 'x-amzn-errortype': code };
  return jsonAnswer(status, { ...named, message, ...details }, headers);
}

/** The operation in `X-Amz-Target: <service version>.<operation>`. */
export const targetOf = ({ headers }: PlayedRequest): string | undefined =>
  headers['x-amz-target']?.split('.').at(-1);
