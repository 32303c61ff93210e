import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { CiRolesStack, type CiRolesProps } from '../../lib/ci/ci-roles-stack.ts';
import { repositoryNamed } from '../../lib/ci/repository.ts';

const repository = repositoryNamed('weelo@123456/backend@456789');
const template = (props: Partial<CiRolesProps> = {}) =>
  Template.fromStack(
    new CiRolesStack(new App(), 'roles', {
      repository,
      environments: ['staging', 'prod'],
      regions: ['ap-south-1', 'us-east-1'],
      provider: 'new',
      ...props,
    }),
  );

describe('the roles of the workflows', () => {
  test.each([
    ['weelo-ci-deploy-staging', 'environment:staging'],
    ['weelo-ci-deploy-prod', 'environment:prod'],
    ['weelo-ci-diff', 'pull_request'],
    ['weelo-ci-drift', 'ref:refs/heads/main'],
  ])('%s is for %s of this repository, by its numbers', (RoleName, subject) => {
    template().hasResourceProperties('AWS::IAM::Role', {
      RoleName,
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Action: 'sts:AssumeRoleWithWebIdentity',
            Effect: 'Allow',
            Principal: { Federated: Match.anyValue() },
            Condition: {
              StringEquals: {
                'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
                'token.actions.githubusercontent.com:sub': `repo:weelo@123456/backend@456789:${subject}`,
              },
            },
          },
        ],
        Version: '2012-10-17',
      },
    });
  });

  test('are four, and may do nothing but take roles that the bootstrap made, and try out their own stage', () => {
    const made = template();
    made.resourceCountIs('AWS::IAM::Role', 4);
    const policies = Object.values(made.findResources('AWS::IAM::Policy'));
    const statements = policies.flatMap(
      ({ Properties }) =>
        (Properties as { PolicyDocument: { Statement: { Action: string; Resource: unknown }[] } })
          .PolicyDocument.Statement,
    );
    expect(statements).toHaveLength(4);
    for (const { Action, Resource } of statements) {
      expect(Action).toBe('sts:AssumeRole');
      for (const each of [Resource].flat()) {
        expect(JSON.stringify(each)).toMatch(
          /:role\/(cdk-hnb659fds-(deploy|file-publishing|lookup)-role-.*(ap-south-1|us-east-1)|weelo-(staging|prod)-smoke)/,
        );
      }
    }
  });

  test.each([
    ['pull requests', 'Diff'],
    ['the check of drift', 'Drift'],
  ])('of %s can read, and neither deploy nor publish', (_, id) => {
    const [only, ...others] = Object.values(template().findResources('AWS::IAM::Policy')).filter(
      ({ Properties }) => JSON.stringify(Properties).includes(`"${id}`),
    );
    expect(others).toEqual([]);
    expect(JSON.stringify(only)).toContain('lookup-role');
    expect(JSON.stringify(only)).not.toMatch(/deploy-role|publishing|smoke/);
  });

  test('take the role of the smoke test in their own stage alone', () => {
    const policies = Object.values(template().findResources('AWS::IAM::Policy'));
    const smoked = policies.map(({ Properties }) => {
      const { PolicyName } = Properties as { readonly PolicyName: string };
      const stages = JSON.stringify(Properties).matchAll(/:role\/weelo-(\w+)-smoke/g);
      return [
        /^\w+?(?=DefaultPolicy)/.exec(PolicyName)?.[0],
        [...stages].map(([, stage]) => stage),
      ];
    });
    expect(Object.fromEntries(smoked)).toEqual({
      Deploystaging: ['staging'],
      Deployprod: ['prod'],
      Diff: [],
      Drift: [],
    });
  });

  test('use what the account has of GitHub, if it has', () => {
    template().resourceCountIs('AWS::IAM::OIDCProvider', 1);
    template({ provider: 'existing' }).resourceCountIs('AWS::IAM::OIDCProvider', 0);
  });

  test('are refused to a repository without its numbers', () => {
    for (const text of [undefined, 'weelo/backend', 'weelo@1/backend', 'weelo@1/backend@2:*']) {
      expect(() => repositoryNamed(text)).toThrow(/-c repository=<owner>@<owner id>/);
    }
  });
});
