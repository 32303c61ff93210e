import type { FaultError } from '../protocol/played-service.ts';

const broken = (code: string, status = 500): FaultError => ({
  status,
  code,
  message: 'An internal error occurred (a fault that was set on this machine).',
});
const busy = (status: number, code: string): FaultError => ({
  status,
  code,
  message: 'Rate exceeded (a fault that was set on this machine).',
});

/**
 * What each service says when it is broken or busy, by the name that its callers sign with (AWS) or by its
 * host (the others). The throttling codes are those that the SDKs know as such, and try again.
 */
export const serviceFaults = {
  dynamodb: {
    failure: broken('InternalServerError'),
    throttling: busy(400, 'ProvisionedThroughputExceededException'),
  },
  sqs: { failure: broken('InternalFailure'), throttling: busy(400, 'RequestThrottled') },
  secretsmanager: {
    failure: broken('InternalServiceError'),
    throttling: busy(400, 'ThrottlingException'),
  },
  'execute-api': {
    failure: broken('InternalServerErrorException'),
    throttling: busy(429, 'LimitExceededException'),
  },
  lambda: {
    failure: broken('ServiceException'),
    throttling: busy(429, 'TooManyRequestsException'),
  },
  events: { failure: broken('InternalException'), throttling: busy(400, 'ThrottlingException') },
  'sms-voice': {
    failure: broken('InternalServerException'),
    throttling: busy(400, 'ThrottlingException'),
  },
  'geo-places': {
    failure: broken('InternalServerException'),
    throttling: busy(429, 'ThrottlingException'),
  },
  'geo-routes': {
    failure: broken('InternalServerException'),
    throttling: busy(429, 'ThrottlingException'),
  },
  'fcm.googleapis.com': {
    failure: broken('UNAVAILABLE', 503),
    throttling: busy(429, 'QUOTA_EXCEEDED'),
  },
  'oauth2.googleapis.com': {
    failure: broken('internal_failure'),
    throttling: busy(429, 'rate_limit_exceeded'),
  },
} as const satisfies Record<string, { failure: FaultError; throttling: FaultError }>;

export type FaultyService = keyof typeof serviceFaults;

const faultyServices: ReadonlySet<string> = new Set(Object.keys(serviceFaults));

export const isFaultyService = (name: string): name is FaultyService => faultyServices.has(name);
