import { describe, expect, test } from 'vitest';
import { openRegistry } from './registry.ts';
import { existingStores } from './existing-stores.ts';
import { pathOf, stageWithAddress, synthesized, synthesizedAs } from './synth.ts';

const registry = await openRegistry();

const ours = ['dev', 'staging', 'prod', 'local'].map((name) => stageWithAddress(name));
const stages = [...ours, ...existingStores].map((stage) => [stage.name, stage] as const);

describe("CloudFormation's registry", () => {
  test.each(stages)('accepts every resource of the stage %s', (_, stage) => {
    const resources = [...synthesizedAs(stage).resources.values()];
    const complaints = resources.flatMap((each) =>
      registry
        .complaintsAbout(each.Type, each.Properties)
        .map((complaint) => `${pathOf(each)}: ${complaint}`),
    );
    expect(complaints).toEqual([]);
    expect(resources.length).toBeGreaterThan(200);
  });

  const dev = synthesized('dev');
  const { Properties: queue } = dev.one('AWS::SQS::Queue', 'Dispatch/Queue');
  const { Properties: lambda } = dev.functionNamed('orders');

  const without = (properties: typeof lambda, name: string) =>
    Object.fromEntries(Object.entries(properties).filter(([each]) => each !== name));

  test.each([
    ['an unknown type', 'AWS::SQS::Stack', queue, 'AWS::SQS::Stack is unknown'],
    [
      'an unknown property',
      'AWS::SQS::Queue',
      { ...queue, VisibiltyTimeout: 30 },
      'AWS::SQS::Queue.VisibiltyTimeout is unknown',
    ],
    [
      'a property that every object has',
      'AWS::SQS::Queue',
      { ...queue, constructor: 1 },
      'AWS::SQS::Queue.constructor is unknown',
    ],
    [
      'an unknown property within another',
      'AWS::Lambda::Function',
      { ...lambda, VpcConfig: { SubnetId: [] } },
      'AWS::Lambda::Function.VpcConfig.SubnetId is unknown',
    ],
    [
      'a missing property',
      'AWS::Lambda::Function',
      without(lambda, 'Role'),
      'AWS::Lambda::Function.Role is missing',
    ],
    [
      'a missing property within a list',
      'AWS::SQS::Queue',
      { ...queue, Tags: [{ Key: 'a' }] },
      'AWS::SQS::Queue.Tags.0.Value is missing',
    ],
    [
      'a text for a number',
      'AWS::SQS::Queue',
      { ...queue, VisibilityTimeout: '30s' },
      'AWS::SQS::Queue.VisibilityTimeout is no integer: "30s"',
    ],
    [
      'a fraction for a whole number',
      'AWS::SQS::Queue',
      { ...queue, VisibilityTimeout: 0.5 },
      'AWS::SQS::Queue.VisibilityTimeout is no integer: 0.5',
    ],
    [
      'one value for a list',
      'AWS::Lambda::Function',
      { ...lambda, Layers: 'arn' },
      'AWS::Lambda::Function.Layers is no list',
    ],
    [
      'a list for a text',
      'AWS::Lambda::Function',
      { ...lambda, Handler: ['a'] },
      'AWS::Lambda::Function.Handler is no string: ["a"]',
    ],
    [
      'a map that holds a map',
      'AWS::Lambda::Function',
      { ...lambda, Environment: { Variables: { A: { B: 1 } } } },
      'AWS::Lambda::Function.Environment.Variables.A is no string: {"B":1}',
    ],
    [
      'a value that is not among those allowed',
      'AWS::Lambda::Function',
      { ...lambda, TracingConfig: { Mode: 'Actve' } },
      'AWS::Lambda::Function.TracingConfig.Mode is none of Active, PassThrough: "Actve"',
    ],
    [
      'a custom resource that nobody serves',
      'Custom::Weelo-migrate',
      { release: '1' },
      'Custom::Weelo-migrate.ServiceToken is missing',
    ],
  ])('has something against %s', (_, type, properties, complaint) => {
    expect(registry.complaintsAbout(type, properties)).toEqual([complaint]);
  });
});
