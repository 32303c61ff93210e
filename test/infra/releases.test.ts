import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type FunctionName, functionNames, functions } from '../../src/contract/functions.ts';
import { queueSchemas } from '../../src/contract/documents/queue-schemas.ts';
import { synthesizeWeelo } from '../../lib/weelo-app.ts';
import { stageNamed } from '../../lib/parts/stages.ts';
import { inScratch, pathOf, type Resource, stageWithAddress, synthesized } from './synth.ts';

const prod = synthesized('prod');

const byHand: readonly FunctionName[] = ['migrate', 'keys', 'operate'];
const released = functionNames.filter((name) => !byHand.includes(name));
const answering = released.filter((name) => functions[name].trigger !== 'queue');
const aliasPath = (name: FunctionName) => `Functions/${name}/Function/Live`;
const aliasOf = (name: FunctionName, of = prod) => of.one('AWS::Lambda::Alias', aliasPath(name));

describe.each(released)('%s', (name) => {
  test('is called by its alias, which is its newest version', () => {
    const { Properties } = aliasOf(name);
    expect(Properties['Name']).toBe('live');
    expect(prod.say(Properties['FunctionName'])).toBe(`<Functions/${name}/Function>`);
    expect(prod.say(Properties['FunctionVersion'])).toBe(
      `<Functions/${name}/Function/CurrentVersion.Version>`,
    );
  });

  test('publishes its version only after the steps that its function waits for', () => {
    const version = prod.one('AWS::Lambda::Version', `Functions/${name}/`);
    const waits = prod
      .functionNamed(name)
      .DependsOn.filter((id) => /^(Migration|FirstKeys)/.test(id));
    for (const each of waits) expect(version.DependsOn).toContain(each);
  });

  test('keeps its reservation on the function, for all versions together', () => {
    const reserved = stageNamed('prod').reservedConcurrency[name];
    expect(prod.functionNamed(name).Properties['ReservedConcurrentExecutions']).toBe(reserved);
    expect(aliasOf(name).Properties).not.toHaveProperty('ProvisionedConcurrencyConfig');
  });
});

test('what a deployment or an operator calls has no alias', () => {
  const aliases = prod.ofType('AWS::Lambda::Alias').map(pathOf);
  expect(aliases.toSorted()).toEqual(released.map(aliasPath).toSorted());
});

/** Whatever names a function so that it is called. */
const callers: readonly (readonly [type: string, property: string])[] = [
  ['AWS::Lambda::Permission', 'FunctionName'],
  ['AWS::Lambda::EventSourceMapping', 'FunctionName'],
  ['AWS::Lambda::EventInvokeConfig', 'Qualifier'],
  ['AWS::ApiGatewayV2::Integration', 'IntegrationUri'],
  ['AWS::Events::Rule', 'Targets'],
];

describe.each(callers)('each %s', (type, property) => {
  test('names an alias', () => {
    const all = prod.ofType(type);
    expect(all).not.toEqual([]);
    const aliases = prod.ofType('AWS::Lambda::Alias').map(pathOf);
    for (const each of all) {
      const text = JSON.stringify(each.Properties[property]);
      const named = [...prod.resources].filter(
        ([id, { Type }]) => Type === 'AWS::Lambda::Alias' && text.includes(`"${id}"`),
      );
      expect(`${pathOf(each)}: ${named.length}`).toBe(`${pathOf(each)}: 1`);
      expect(aliases).toContain(pathOf(named[0]?.[1] ?? expect.fail()));
    }
  });
});

const Dimensions = z.array(z.object({ Name: z.string(), Value: z.unknown() })).default([]);

test('each alarm about a function that has an alias watches the alias', () => {
  const alarms = prod
    .ofType('AWS::CloudWatch::Alarm')
    .filter(({ Properties }) => Properties['Namespace'] === 'AWS/Lambda');
  expect(alarms.length).toBeGreaterThan(answering.length);
  for (const alarm of alarms) {
    const [of, resource] = ['FunctionName', 'Resource'].map((name) => dimensionOf(alarm, name));
    // Without dimensions it is about all functions of the account.
    if (of === undefined) continue;
    const name = functionNames.find((each) => of === `<Functions/${each}/Function>`);
    const expected = byHand.includes(name ?? expect.fail(of)) ? undefined : `${of}:live`;
    expect(`${pathOf(alarm)} ${resource}`).toBe(`${pathOf(alarm)} ${expected}`);
  }
});

function dimensionOf({ Properties }: Resource, name: string): string | undefined {
  const found = Dimensions.parse(Properties['Dimensions']).find((each) => each.Name === name);
  return found && prod.say(found.Value);
}

const Group = z.object({
  ApplicationName: z.unknown(),
  DeploymentGroupName: z.string(),
  DeploymentConfigName: z.string(),
  AlarmConfiguration: z.object({
    Enabled: z.literal(true),
    Alarms: z.array(z.object({ Name: z.unknown() })),
  }),
  AutoRollbackConfiguration: z.object({ Enabled: z.literal(true), Events: z.array(z.string()) }),
});

describe('in a stage with gradual releases', () => {
  test.each(answering)(
    '%s goes to a tenth of the calls first, and back if an alarm rings',
    (name) => {
      const resource = prod.one('AWS::CodeDeploy::DeploymentGroup', `GradualReleases/${name}`);
      const group = Group.parse(resource.Properties);
      expect(group).toMatchObject({
        DeploymentGroupName: name,
        DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
      });
      expect(prod.say(group.ApplicationName)).toBe('<GradualReleases/Application>');
      expect(group.AlarmConfiguration.Alarms.map(({ Name }) => prod.say(Name))).toEqual([
        `<GradualReleases/${name}CrashesInRelease>`,
        '<GradualReleases/ServerErrorsInRelease>',
        // Queue functions go live at once: the groups of the others put the release back for them.
        '<GradualReleases/dispatchCrashesInRelease>',
        '<GradualReleases/dispatchFailuresInRelease>',
        '<GradualReleases/notifyCrashesInRelease>',
        '<GradualReleases/notifyFailuresInRelease>',
      ]);
      expect(group.AutoRollbackConfiguration.Events).toContain('DEPLOYMENT_STOP_ON_ALARM');
      expect(policyOf(name)).toEqual({
        CodeDeployLambdaAliasUpdate: {
          ApplicationName: '<GradualReleases/Application>',
          DeploymentGroupName: `<GradualReleases/${name}>`,
        },
      });
    },
  );

  test.each(['dispatch', 'notify'] as const)('%s goes live at once', (name) => {
    expect(policyOf(name)).toBeUndefined();
  });

  test('the alarms say so within a minute, or for what the schedule calls within the five, and tell nobody', () => {
    const alarms = prod
      .ofType('AWS::CloudWatch::Alarm')
      .filter((each) => pathOf(each).startsWith('GradualReleases/'));
    expect(alarms).toHaveLength(answering.length + 5);
    for (const each of alarms) {
      const isScheduled = /\/(reconcile|canary)Crashes/.test(pathOf(each));
      expect(each.Properties).toMatchObject({
        Period: isScheduled ? 300 : 60,
        EvaluationPeriods: 1,
      });
      expect(each.Properties).not.toHaveProperty('AlarmActions');
    }
  });
});

const Template = z.object({
  Resources: z.record(z.string(), z.object({ UpdatePolicy: z.unknown().optional() })),
  Metadata: z.record(z.string(), z.unknown()).optional(),
});

/** The template of the functions, with what a resource's properties do not say. */
function serviceOf(name: string) {
  return inScratch((outdir) => {
    const stage = stageWithAddress(name);
    const { stacks } = synthesizeWeelo({ stage, outdir, bundle: false });
    const found = stacks.find(({ stackName }) => stackName.endsWith('-service'));
    return {
      template: Template.parse(found?.template),
      size: JSON.stringify(found?.template).length,
    };
  });
}
const service = serviceOf('prod');

const Policy = z.object({
  CodeDeployLambdaAliasUpdate: z.object({
    ApplicationName: z.unknown(),
    DeploymentGroupName: z.unknown(),
  }),
});

function policyOf(name: FunctionName) {
  const [id = ''] = [...prod.resources].find(([, each]) => each === aliasOf(name)) ?? [];
  const policy = service.template.Resources[id]?.UpdatePolicy;
  if (policy === undefined) return undefined;
  const { ApplicationName, DeploymentGroupName } = Policy.parse(policy).CodeDeployLambdaAliasUpdate;
  return {
    CodeDeployLambdaAliasUpdate: {
      ApplicationName: prod.say(ApplicationName),
      DeploymentGroupName: prod.say(DeploymentGroupName),
    },
  };
}

test.each(['dev', 'local'])(
  'in %s every function goes live at once, without CodeDeploy',
  (stage) => {
    const types = [...synthesized(stage).resources.values()].map(({ Type }) => Type);
    expect(types.filter((each) => each.startsWith('AWS::CodeDeploy::'))).toEqual([]);
    expect(synthesized(stage).ofType('AWS::Lambda::Alias')).toHaveLength(released.length);
  },
);

test('-c gradualReleases=off takes the canaries out of one deployment', () => {
  const off = stageWithAddress('prod', { gradualReleases: 'off' });
  expect(off).toEqual({ ...stageWithAddress('prod'), gradualReleases: false });
});

describe('the template', () => {
  test('says what the release understands and sends', () => {
    const said: unknown = JSON.parse(JSON.stringify(queueSchemas()));
    expect(service.template.Metadata?.['WeeloMessages']).toEqual(said);
  });

  test('stays far below the megabyte that CloudFormation takes', () => {
    expect(service.size).toBeLessThan(800_000);
  });
});

describe('a migration', () => {
  test('ends by itself before CloudFormation gives it up, and that is soon', () => {
    const [step] = prod.ofType('Custom::Weelo-migrate');
    const { timeoutSeconds } = functions.migrate;
    const waits = Number(step?.Properties['ServiceTimeout']);
    expect(waits).toBeGreaterThan(timeoutSeconds);
    expect(waits).toBeLessThan(900);
    const framework = prod.one('AWS::Lambda::Function', 'Migration/Provider/');
    expect(Number(framework.Properties['Timeout'])).toBeGreaterThan(timeoutSeconds);
  });
});
