import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { Functions } from '../lambda/functions.ts';
import type { Resource } from '../template/assembly.ts';
import type { CloudValues } from '../template/cloud-values.ts';
import type { AlarmState } from '../watch/alarms.ts';
import type { Watch } from '../watch/watch.ts';

/** An alias that CodeDeploy moves from one version to another. */
export interface Shift {
  readonly path: string;
  readonly functionName: string;
  readonly alias: string;
  readonly from: string;
  readonly to: string;
  /** Names of the alarms that put it back. */
  readonly alarms: readonly string[];
  /** What share of the calls goes to the new version first, and for how long. */
  readonly first: { readonly share: number; readonly ms: number };
}

const Alias = z.object({ FunctionName: z.string(), Name: z.string(), FunctionVersion: z.string() });
export const aliasOf = (resource: Resource, values: CloudValues) =>
  Alias.parse(values.properties(resource));

const Policy = z.object({
  CodeDeployLambdaAliasUpdate: z.object({
    ApplicationName: z.string(),
    DeploymentGroupName: z.string(),
  }),
});

const Group = z.object({
  DeploymentGroupName: z.string().optional(),
  DeploymentConfigName: z.string(),
  AlarmConfiguration: z
    .object({
      Enabled: z.boolean().default(true),
      Alarms: z.array(z.object({ Name: z.string() })).default([]),
    })
    .default({ Enabled: false, Alarms: [] }),
  AutoRollbackConfiguration: z
    .object({ Enabled: z.boolean().default(false), Events: z.array(z.string()).default([]) })
    .default({ Enabled: false, Events: [] }),
});

/** CodeDeploy asks for the alarms' states now and then. */
const LOOK_EVERY_MS = 10;

/** How a changed alias of the template is to be moved. Undefined: at once. */
export function shiftOf(
  resource: Resource,
  values: CloudValues,
  functions: Functions,
): Shift | undefined {
  const {
    FunctionName: functionName,
    Name: alias,
    FunctionVersion: to,
  } = aliasOf(resource, values);
  const from = functions.targetOf(functionName, alias)?.version;
  if (from === undefined || from === to || resource.updatePolicy === undefined) return undefined;
  const policy = Policy.parse(values.updatePolicy(resource)).CodeDeployLambdaAliasUpdate;
  const group = groupNamed(policy.DeploymentGroupName, values);
  const first = firstStepOf(group.DeploymentConfigName);
  if (!first) return undefined;
  const { Enabled, Alarms } = group.AlarmConfiguration;
  const back = group.AutoRollbackConfiguration;
  const heeds = Enabled && back.Enabled && back.Events.includes('DEPLOYMENT_STOP_ON_ALARM');
  const alarms = heeds ? Alarms.map(({ Name }) => Name) : [];
  return { path: resource.path, functionName, alias, from, to, alarms, first };
}

function groupNamed(name: string, values: CloudValues): z.output<typeof Group> {
  const found = values
    .resources('AWS::CodeDeploy::DeploymentGroup')
    .find((each) => values.refOf(each) === name);
  if (!found) throw new Error(`The template has no deployment group ${name}.`);
  return Group.parse(values.properties(found));
}

function firstStepOf(config: string): Shift['first'] | undefined {
  if (config === 'CodeDeployDefault.LambdaAllAtOnce') return undefined;
  const [, share, minutes] =
    /^CodeDeployDefault\.LambdaCanary(\d+)Percent(\d+)Minutes$/.exec(config) ?? [];
  if (share !== undefined && minutes !== undefined) {
    return { share: Number(share) / 100, ms: Number(minutes) * 60_000 };
  }
  throw new Error(
    `The local cloud does not know the deployment configuration ${config}: teach it in packages/local-cloud/src/deployment/gradual-shifts.ts.`,
  );
}

/** Moves all of them side by side, by the watch's clock. If an alarm rings meanwhile, the error names it. */
export async function shiftGradually(
  shifts: readonly Shift[],
  functions: Functions,
  watch: Pick<Watch, 'now' | 'states'>,
): Promise<void> {
  // CodeDeploy begins nothing while an alarm rings.
  for (const each of shifts) requireSilence(each, watch.states());
  const begun = watch.now();
  for (const { functionName, alias, from, to, first } of shifts) {
    const next = { version: to, share: first.share };
    await functions.point(functionName, alias, { version: from, next });
  }
  const waiting = new Set(shifts);
  while (waiting.size > 0) {
    for (const each of waiting) {
      requireSilence(each, watch.states());
      if (watch.now() < begun + each.first.ms) continue;
      await functions.point(each.functionName, each.alias, { version: each.to });
      waiting.delete(each);
    }
    await sleep(LOOK_EVERY_MS);
  }
}

function requireSilence({ path, alarms }: Shift, states: readonly AlarmState[]): void {
  const ringing = states.find(({ name, state }) => state === 'ALARM' && alarms.includes(name));
  if (!ringing) return;
  throw new Error(
    `${path} is not moved, because the alarm ${ringing.path} rings: ${ringing.reason}`,
  );
}
