import type { Dimensions, Report } from './metrics.ts';

/** How a function was called, and what became of it. */
export interface InvocationFacts {
  readonly functionName: string;
  /** The alias or version that the caller named. */
  readonly qualifier: string | undefined;
  /** The version that ran, where the caller named an alias. */
  readonly executedVersion?: string | undefined;
  readonly outcome: 'success' | 'error' | 'throttled';
  /** Undefined where no environment ran it. */
  readonly milliseconds: number | undefined;
}

/** A request to an HTTP API, as its client saw it. */
export interface RequestFacts {
  readonly apiId: string;
  readonly stage: string;
  readonly status: number;
  readonly milliseconds: number;
}

/** A call of a WebSocket API's route, or a message that was posted to a client. */
export interface SocketFacts {
  readonly apiId: string;
  readonly stage: string;
  readonly kind: 'connect' | 'disconnect' | 'message';
  /** `client`: refused before a function was called; `execution`: it could not be called; `integration`: it failed. */
  readonly failure?: 'client' | 'execution' | 'integration' | undefined;
}

/** What services of AWS report of themselves, from what happened in those played here. */
export interface ServiceMetrics {
  readonly invoked: (facts: InvocationFacts) => void;
  readonly requested: (facts: RequestFacts) => void;
  readonly onSocket: (facts: SocketFacts) => void;
  readonly scheduled: (ruleName: string, isInvoked: boolean) => void;
}

export function serviceMetrics(report: Report, now: () => number): ServiceMetrics {
  const put = (
    namespace: string,
    dimensionSets: readonly Dimensions[],
    values: Readonly<Record<string, number | undefined>>,
  ) => report({ namespace, dimensionSets, values: present(values), at: now() });
  return {
    invoked: (facts) => put('AWS/Lambda', functionSets(facts), lambdaValues(facts)),
    requested: (facts) => put('AWS/ApiGateway', apiSets(facts), requestValues(facts)),
    onSocket: (facts) => put('AWS/ApiGateway', apiSets(facts), socketValues(facts)),
    scheduled: (RuleName, isInvoked) =>
      put('AWS/Events', [{ RuleName }], {
        TriggeredRules: 1,
        Invocations: isInvoked ? 1 : undefined,
        FailedInvocations: isInvoked ? undefined : 1,
      }),
  };
}

/**
 * A throttled call is no invocation, and each invocation says whether it was an error.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
function lambdaValues({ outcome, milliseconds }: InvocationFacts) {
  if (outcome === 'throttled') return { Throttles: 1 };
  return {
    Invocations: 1,
    Errors: outcome === 'error' ? 1 : 0,
    Throttles: 0,
    Duration: milliseconds,
  };
}

/** The last set is that of all functions of the account together. */
function functionSets({ functionName: FunctionName, qualifier, executedVersion }: InvocationFacts) {
  const Resource = `${FunctionName}${qualifier === undefined ? '' : `:${qualifier}`}`;
  return [
    { FunctionName },
    { FunctionName, Resource },
    ...(executedVersion === undefined
      ? []
      : [{ FunctionName, Resource, ExecutedVersion: executedVersion }]),
    {},
  ];
}

const apiSets = ({ apiId: ApiId, stage: Stage }: { apiId: string; stage: string }) => [
  { ApiId },
  { ApiId, Stage },
];

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html */
function requestValues({ status, milliseconds }: RequestFacts) {
  return {
    Count: 1,
    '4xx': status >= 400 && status < 500 ? 1 : 0,
    '5xx': status >= 500 ? 1 : 0,
    Latency: milliseconds,
  };
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html */
function socketValues({ kind, failure }: SocketFacts) {
  return {
    ConnectCount: kind === 'connect' ? 1 : undefined,
    MessageCount: kind === 'message' ? 1 : undefined,
    ClientError: failure === 'client' ? 1 : 0,
    ExecutionError: failure === 'execution' ? 1 : 0,
    IntegrationError: failure === 'integration' ? 1 : 0,
  };
}

function present(values: Readonly<Record<string, number | undefined>>): Record<string, number> {
  const known = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return Object.fromEntries(known);
}
