import type { Engines } from './deployment/engines.ts';
import type { EventSources } from './events/event-sources.ts';
import type { Ground } from './ground.ts';
import type { Parts } from './parts.ts';
import type { AwsEndpoint } from './services/endpoint.ts';
import type { CloudStatus } from './status.ts';

/** What runs by now, and how the functions have fared. */
export function tellStatus(
  { endpoint, engines }: Ground,
  { functions, watch }: Parts,
  sources: EventSources,
  gateway: string | undefined,
): CloudStatus {
  return {
    parts: partsOf(gateway, endpoint, engines),
    functions: functions.report().map((each) => ({ ...each })),
    schedules: sources.schedules.paths,
    alarms: watch
      .states()
      .filter(({ state }) => state === 'ALARM')
      .map(({ path, reason }) => ({ path, reason })),
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
