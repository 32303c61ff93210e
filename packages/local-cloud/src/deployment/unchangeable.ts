import { isDeepStrictEqual } from 'node:util';
import type { Assembly, Resource } from '../template/assembly.ts';

/** What a second deployment may add, change and remove. */
const changeable = [
  /^AWS::(Lambda|ApiGatewayV2|IAM|CloudWatch|CodeDeploy|Logs|SNS|CDK)::/,
  /^AWS::SQS::QueuePolicy$/,
  /^Custom::/,
];

/** What it may add, and must then leave as it is. */
const addable = [/^AWS::SQS::Queue$/, /^AWS::SecretsManager::Secret$/];

/** Ends the deployment before it begins, if something would have to change that cannot change while the cloud runs. */
export function refuseWhatCannotChange(deployed: Assembly, next: Assembly): void {
  const before = resourcesOf(deployed);
  const after = resourcesOf(next);
  const wrong = [
    ...[...after].flatMap(([key, resource]) => complaintAbout(before.get(key), resource)),
    ...[...before].flatMap(([key, resource]) =>
      after.has(key) || isOneOf(changeable, resource) ? [] : `${nameOf(resource)} is gone`,
    ),
  ];
  if (wrong.length === 0) return;
  throw new Error(
    `A second deployment cannot change this on this machine: ${wrong.join('; ')}. Stop the cloud, and start it with the new templates.`,
  );
}

function complaintAbout(before: Resource | undefined, after: Resource): readonly string[] {
  if (isOneOf(changeable, after)) return [];
  if (!before) return isOneOf(addable, after) ? [] : [`${nameOf(after)} is new`];
  const same =
    before.type === after.type &&
    before.condition === after.condition &&
    isDeepStrictEqual(before.properties, after.properties);
  return same ? [] : [`${nameOf(after)} has other properties`];
}

function resourcesOf({ stacks }: Assembly): ReadonlyMap<string, Resource> {
  return new Map(
    stacks.flatMap(({ name, resources }) =>
      [...resources].map(([id, resource]) => [`${name}/${id}`, resource] as const),
    ),
  );
}

function isOneOf(patterns: readonly RegExp[], { type }: Resource): boolean {
  return patterns.some((each) => each.test(type));
}

function nameOf({ path, type }: Resource): string {
  return `${path} (${type})`;
}
