import { Bucket } from 'aws-cdk-lib/aws-s3';
import nag from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import { stageNamed } from '../../lib/parts/stages.ts';
import { makeWeelo, weeloApp } from '../../lib/weelo-app.ts';
import { inScratch } from './synth.ts';

type Stacks = ReturnType<typeof makeWeelo>;

function violationsOf(stage: string, spoil: (stacks: Stacks) => unknown = () => {}) {
  return inScratch((outdir) => {
    const app = weeloApp({ outdir, bundle: false });
    spoil(makeWeelo(app, stageNamed(stage)));
    return new nag.AwsSolutionsChecks(app).validateScope(app).violations;
  });
}

describe('the AwsSolutions pack', () => {
  test.each(['dev', 'prod'])('finds nothing in %s', (stage) => {
    expect(violationsOf(stage)).toEqual([]);
  });

  test('finds a mistake if there is one', () => {
    const said = violationsOf('dev', ({ data }) => new Bucket(data, 'Careless'));
    expect(said.map((each) => each.ruleName)).toContain('AwsSolutions-S1');
  });
});
