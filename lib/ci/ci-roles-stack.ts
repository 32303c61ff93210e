import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import {
  type IOidcProvider,
  OidcProviderNative,
  PolicyStatement,
  Role,
  WebIdentityPrincipal,
} from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { type Repository, subjectOf } from './repository.ts';

export interface CiRolesProps extends StackProps {
  readonly repository: Repository;
  /** The environments of the repository that deploy, each with a role of its own. */
  readonly environments: readonly string[];
  /** The regions that were bootstrapped. */
  readonly regions: readonly string[];
  /** Whether the account trusts GitHub's tokens already: it can do so once. */
  readonly provider: 'new' | 'existing';
}

const host = 'token.actions.githubusercontent.com';

/** The roles that the CDK's bootstrap made, of which a workflow may take some. */
type BootstrapRole = 'deploy' | 'file-publishing' | 'lookup';

/**
 * The roles of GitHub's workflows: no key of AWS lies on GitHub. An operator deploys this stack once in an account, with
 * `bin/ci-roles.ts`. A role is for one environment of one repository, and the environment says who must approve. It may
 * also try out the stage of its name. Pull requests get a role that can only read, and so does the nightly check of drift,
 * which waits for nobody.
 */
export class CiRolesStack extends Stack {
  constructor(scope: Construct, id: string, { environments, ...props }: CiRolesProps) {
    super(scope, id, { description: 'Weelo: the roles of its workflows on GitHub', ...props });
    const provider = this.providerOf(props);
    for (const environment of environments) {
      this.role(`Deploy-${environment}`, provider, props, {
        description: `Deploys from the environment ${environment} of ${props.repository.name}`,
        subject: `environment:${environment}`,
        takes: ['deploy', 'file-publishing', 'lookup'],
        smokes: environment,
      });
    }
    this.role('Diff', provider, props, {
      description: `Compares pull requests of ${props.repository.name} with what is deployed`,
      subject: 'pull_request',
      takes: ['lookup'],
    });
    this.role('Drift', provider, props, {
      description: `Looks for changes by hand, from the branch main of ${props.repository.name}`,
      // What is scheduled runs there. A job that names an environment has another subject.
      subject: 'ref:refs/heads/main',
      takes: ['lookup'],
    });
  }

  private providerOf({ provider }: Pick<CiRolesProps, 'provider'>): IOidcProvider {
    if (provider === 'new') {
      return new OidcProviderNative(this, 'GitHub', {
        url: `https://${host}`,
        clientIds: ['sts.amazonaws.com'],
      });
    }
    const arn = this.formatArn({
      service: 'iam',
      region: '',
      resource: 'oidc-provider',
      resourceName: host,
    });
    return OidcProviderNative.fromOidcProviderArn(this, 'GitHub', arn);
  }

  private role(
    id: string,
    provider: IOidcProvider,
    { repository, regions }: Pick<CiRolesProps, 'repository' | 'regions'>,
    {
      description,
      subject,
      takes,
      smokes,
    }: {
      readonly description: string;
      readonly subject: string;
      readonly takes: readonly BootstrapRole[];
      /** The stage that it tries out. Default: none. */
      readonly smokes?: string;
    },
  ): void {
    const role = new Role(this, id, {
      roleName: `weelo-ci-${id.toLowerCase()}`,
      description,
      maxSessionDuration: Duration.hours(2),
      assumedBy: new WebIdentityPrincipal(provider.oidcProviderArn, {
        StringEquals: {
          [`${host}:aud`]: 'sts.amazonaws.com',
          [`${host}:sub`]: subjectOf(repository, subject),
        },
      }),
    });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['sts:AssumeRole'],
        resources: [
          ...regions.flatMap((region) => takes.map((each) => this.bootstrapRole(each, region))),
          ...(smokes === undefined ? [] : [this.roleNamed(`weelo-${smokes}-smoke`)]),
        ],
      }),
    );
    new CfnOutput(this, `${id}RoleArn`, { value: role.roleArn });
  }

  private bootstrapRole(which: BootstrapRole, region: string): string {
    return this.roleNamed(`cdk-hnb659fds-${which}-role-${this.account}-${region}`);
  }

  private roleNamed(resourceName: string): string {
    return this.formatArn({ service: 'iam', region: '', resource: 'role', resourceName });
  }
}
