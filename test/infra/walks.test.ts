import { describe, expect, test } from 'vitest';
import { functions } from '../../src/contract/functions.ts';
import { stageWithAddress, synthesized, synthesizedAs, type Synthesized } from './synth.ts';

const staging = synthesized('staging');
const prod = stageWithAddress('prod');

const apiUrlIn = (stage: Synthesized) => {
  const { Environment } = stage.functionNamed('canary').Properties;
  const { Variables } = Environment as { readonly Variables: Readonly<Record<string, unknown>> };
  return stage.say(Variables['API_URL']);
};

describe('the canary', () => {
  test('walks every five minutes, and a walk that failed is not repeated', () => {
    expect(staging.one('AWS::Events::Rule', 'Walks/').Properties).toMatchObject({
      ScheduleExpression: 'rate(5 minutes)',
      State: 'ENABLED',
      Targets: [{ RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 300 } }],
    });
  });

  test.each(['dev', 'local'])('does not walk in %s', (name) => {
    const rules = synthesized(name).ofType('AWS::Events::Rule');
    expect(rules.map(({ Properties }) => Properties['ScheduleExpression'])).toEqual([
      'rate(2 minutes)',
    ]);
  });

  test('walks outside the VPC, and ends before the next walk begins', () => {
    expect(functions.canary.network).toBe('internet');
    expect(staging.functionNamed('canary').Properties).not.toHaveProperty('VpcConfig');
    expect(functions.canary.timeoutSeconds).toBeLessThan(300);
  });

  test('goes where the apps go: to the edge, and to the API if there is none', () => {
    expect(apiUrlIn(staging)).toBe('us-east-1/weelo-staging-edge');
    expect(apiUrlIn(synthesized('dev'))).toBe(
      'https://<HttpApi/Api>.execute-api.ap-south-1.<AWS::URLSuffix>/',
    );
    const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/a';
    const domain = { name: 'api.example.com', certificateArn };
    const withDomain = synthesizedAs({ ...prod, name: 'domain', domain });
    expect(apiUrlIn(withDomain)).toBe('https://api.example.com/');
    expect(withDomain.json).not.toContain('cloudformation:DescribeStacks');
  });

  test('rings when two of the last three walks broke off', () => {
    const alarm = staging.one('AWS::CloudWatch::Alarm', 'Observability/CanaryFailed');
    expect(alarm.Properties).toMatchObject({
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
      Threshold: 1,
    });
  });
});

describe('the codes of test numbers', () => {
  test('are encrypted, end by themselves, and go with the stack', () => {
    const table = staging.one('AWS::DynamoDB::Table', 'TestCodes/');
    expect(table).toMatchObject({
      DeletionPolicy: 'Delete',
      Properties: {
        SSESpecification: { SSEEnabled: true },
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      },
    });
  });

  test('are taken by the role of the smoke test, which the account gives, and the outputs name', () => {
    const role = staging.one('AWS::IAM::Role', 'Smoke/');
    expect(role.Properties).toMatchObject({
      RoleName: 'weelo-staging-smoke',
      AssumeRolePolicyDocument: {
        Statement: [
          { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { AWS: expect.anything() } },
        ],
      },
    });
    expect(JSON.stringify(role.Properties['AssumeRolePolicyDocument'])).toContain(':root');
    expect(staging.say(staging.outputs.get('SmokeRoleArn'))).toBe('<Smoke/Role>');
    expect(staging.say(staging.outputs.get('TestCodesTable'))).toBe('<TestCodes/Table>');
  });
});

describe('a stage that always has orders', () => {
  const path = 'Observability/NoOrders';

  test('rings when there is none for three hours, and the others do not', () => {
    const busy = synthesizedAs({ ...prod, name: 'busy', expectsOrders: true });
    const { Properties } = busy.one('AWS::CloudWatch::Alarm', path);
    expect(Properties).toMatchObject({
      Namespace: 'Weelo/busy',
      MetricName: 'OrdersPlaced',
      Dimensions: [{ Name: 'service', Value: 'orders' }],
      Statistic: 'Sum',
      // A quarter of the three hours: CloudWatch looks back over four periods before it says that nothing comes.
      Period: 2700,
      EvaluationPeriods: 2,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
    });
    expect(Properties).toHaveProperty('InsufficientDataActions');
    expect(() => staging.one('AWS::CloudWatch::Alarm', path)).toThrow('0 resources');
  });
});
