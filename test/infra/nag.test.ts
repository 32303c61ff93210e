import nag from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import { stageNamed } from '../../lib/stages.ts';
import { makeWeelo, weeloApp } from '../../lib/weelo-app.ts';
import { Bucket } from 'aws-cdk-lib/aws-s3';

describe('the AwsSolutions pack', () => {
  test.each(['dev', 'prod'])('has nothing to say about %s', (stage) => {
    const app = weeloApp({ bundle: false });
    makeWeelo(app, stageNamed(stage));
    const { success, violations } = new nag.AwsSolutionsChecks(app).validateScope(app);
    expect(violations).toEqual([]);
    expect(success).toBe(true);
  });

  test('would say something', () => {
    const app = weeloApp({ bundle: false });
    const { data } = makeWeelo(app, stageNamed('dev'));
    new Bucket(data, 'Careless');
    const { violations } = new nag.AwsSolutionsChecks(app).validateScope(app);
    expect(violations.map((each) => each.ruleName)).toContain('AwsSolutions-S1');
  });
});
