import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { Functions } from '../lambda/functions.ts';
import type { Resource } from '../template/assembly.ts';
import type { CloudValues } from '../template/cloud-values.ts';
import { stackArn } from '../template/intrinsics.ts';
import type { CustomResourceAnswer, ResponseDesk } from './response-desk.ts';
import type { ResourceState, ResourceStates } from './resource-state.ts';

const Properties = z.looseObject({ ServiceToken: z.string() });

/** CloudFormation waits an hour; whoever starts a machine does not. */
const PATIENCE_MS = 600_000;

export interface CustomResourcesProps {
  readonly values: CloudValues;
  readonly functions: Functions;
  readonly desk: ResponseDesk;
  readonly states: ResourceStates;
  readonly say: (sentence: string) => void;
}

/** Runs custom resources as CloudFormation does: Create once, Update when a property changed. */
export class CustomResources {
  private readonly props: CustomResourcesProps;

  constructor(props: CustomResourcesProps) {
    this.props = props;
  }

  async bringUpToDate(resource: Resource): Promise<void> {
    const { values, states } = this.props;
    const properties = asCloudFormationSends(Properties.parse(values.properties(resource)));
    const before = states.of(resource.path);
    const state =
      before && isSame(before.properties, properties)
        ? before
        : await this.change(resource, properties, before);
    values.remember(resource, state);
  }

  private async change(
    resource: Resource,
    properties: ResourceState['properties'],
    before: ResourceState | undefined,
  ): Promise<ResourceState> {
    const { states, say } = this.props;
    say(`${before ? 'updating' : 'creating'} ${resource.path}`);
    const changed = before
      ? { RequestType: 'Update', OldResourceProperties: before.properties, ...idOf(before) }
      : { RequestType: 'Create' };
    const answer = await this.ask(resource, { ...changed, ResourceProperties: properties });
    const state = { physicalId: answer.PhysicalResourceId, properties, data: answer.Data ?? {} };
    states.set(resource.path, state);
    if (before && before.physicalId !== state.physicalId) await this.removeOld(resource, before);
    return state;
  }

  /** An update that answers with another id made a new thing: the old one goes. */
  private async removeOld(resource: Resource, old: ResourceState): Promise<void> {
    const gone = { RequestType: 'Delete', ...idOf(old), ResourceProperties: old.properties };
    await this.ask(resource, gone);
  }

  private async ask(resource: Resource, request: object): Promise<CustomResourceAnswer> {
    const { values, functions, desk } = this.props;
    const { ServiceToken } = Properties.parse(values.properties(resource));
    const { url, answer } = desk.expect();
    const event = {
      ServiceToken,
      ResponseURL: url,
      StackId: stackArn(resource.stack, values.account),
      RequestId: randomUUID(),
      LogicalResourceId: resource.id,
      ResourceType: resource.type,
      ...request,
    };
    const invoked = functions.invoke(ServiceToken, event).then((result) => {
      if (result.ok) return answer;
      throw new Error(`${resource.path} failed: ${result.errorType}: ${result.errorMessage}`);
    });
    const stuck = sleep(PATIENCE_MS, undefined, { ref: false }).then(() => {
      throw new Error(`${resource.path} gave no answer in ${PATIENCE_MS / 60_000} minutes.`);
    });
    const { Status, ...rest } = await Promise.race([answer, invoked, stuck]);
    if (Status === 'FAILED') throw new Error(`${resource.path} failed: ${rest.Reason}`);
    return { Status, ...rest };
  }
}

function idOf({ physicalId }: ResourceState): { readonly PhysicalResourceId: string } {
  return { PhysicalResourceId: physicalId };
}

/** CloudFormation turns every scalar into text on its way to a custom resource. */
function asCloudFormationSends(properties: Record<string, unknown>): Record<string, unknown> {
  const text = (value: unknown): unknown => {
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    if (Array.isArray(value)) return value.map(text);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, text(each)]));
  };
  return Object.fromEntries(Object.entries(properties).map(([key, each]) => [key, text(each)]));
}

function isSame(before: object, now: object): boolean {
  const sorted = (value: object) => JSON.stringify(value, orderedKeys);
  return sorted(before) === sorted(now);
}

function orderedKeys(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => a.localeCompare(b)));
}
