import type { Engines } from './deployment/engines.ts';
import type { EventSources } from './events/event-sources.ts';
import type { Ground } from './ground.ts';
import type { Functions } from './lambda/functions.ts';
import type { AwsEndpoint } from './services/endpoint.ts';
import type { CloudStatus } from './status.ts';

/** What runs by now, and how the functions have fared. */
export function tellStatus(
  { endpoint, engines }: Ground,
  functions: Functions,
  sources: EventSources,
  gateway: string | undefined,
): CloudStatus {
  return {
    parts: partsOf(gateway, endpoint, engines),
    functions: functions.report().map((each) => ({ ...each })),
    schedules: sources.schedules.paths,
  };
}

function partsOf(
  gateway: string | undefined,
  { origin }: AwsEndpoint,
  { postgres, redis, dynamodb, sqs }: Engines,
): CloudStatus['parts'] {
  const parts = {
    gateway,
    'aws endpoint': origin,
    postgres: postgres && `postgres://${postgres.host}:${postgres.port}`,
    redis: redis?.url,
    dynamodb: dynamodb?.endpoint,
    sqs: sqs?.endpoint,
  };
  return Object.entries(parts).flatMap(([name, address]) =>
    address === undefined ? [] : [{ name, address }],
  );
}
