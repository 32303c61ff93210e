import { Bucket } from 'aws-cdk-lib/aws-s3';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import nag, { type NagPack } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import type { Stage } from '../../lib/parts/stage.ts';
import { makeWeelo, weeloApp } from '../../lib/weelo-app.ts';
import { existingStores } from './existing-stores.ts';
import { inScratch, stageWithAddress } from './synth.ts';

type Stacks = ReturnType<typeof makeWeelo>;

const ours = ['dev', 'staging', 'prod'].map((name) => stageWithAddress(name));
const stages = [...ours, ...existingStores].map((stage) => [stage.name, stage] as const);

/** What both packs have against a stage: rules by name, and where they are broken. */
function violationsOf(stage: Stage, spoil: (stacks: Stacks) => unknown = () => {}) {
  return inScratch((outdir) => {
    const app = weeloApp({ outdir, bundle: false });
    spoil(makeWeelo(app, stage));
    const packs: readonly NagPack[] = [
      new nag.AwsSolutionsChecks(app),
      new nag.ServerlessChecks(app),
    ];
    return packs.flatMap((pack) => pack.validateScope(app).violations);
  });
}

describe('the AwsSolutions and the Serverless pack', () => {
  test.each(stages)('find nothing in %s', (_, stage) => {
    expect(violationsOf(stage)).toEqual([]);
  });

  test('find a mistake if there is one', () => {
    const said = violationsOf(stageWithAddress('dev'), ({ data }) => {
      new Bucket(data, 'Careless');
      new CfnFunction(data, 'Untraced', {
        role: 'arn:aws:iam::123456789012:role/x',
        code: { zipFile: 'x' },
      });
    });
    const rules = said.map((each) => each.ruleName);
    expect(rules).toContain('AwsSolutions-S1');
    expect(rules).toContain('Serverless-LambdaTracing');
  });
});
