import {
  type CloudFormationClient,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { DescribeAvailabilityZonesCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { GetRoleCommand } from '@aws-sdk/client-iam';
import { GetAccountSettingsCommand } from '@aws-sdk/client-lambda';
import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { GetServiceQuotaCommand } from '@aws-sdk/client-service-quotas';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Stage } from '../../lib/parts/stage.ts';
import { absent, type Clients, read } from './clients.ts';
import type { AccountFacts, Reading, ServiceLinkedRole, SmsAccount } from './facts.ts';
import { readSms } from './read-sms.ts';
import { readStores } from './read-stores.ts';

/** Reads what matters to a stage. It changes nothing. If the credentials are refused, it asks nothing more. */
export async function readAccount(stage: Stage, clients: Clients): Promise<Reading<AccountFacts>> {
  const identity = await read(() => clients.sts.send(new GetCallerIdentityCommand({})));
  if ('refused' in identity) return identity;
  const { Account: account = '', Arn: caller = '' } = identity.found;
  const stack = (name: string) => read(() => stackStatus(clients.cloudFormation, name));
  const dataStack = `weelo-${stage.name}-data`;
  const [
    zones,
    bootstrapVersion,
    edge,
    stacks,
    roles,
    concurrency,
    vpcs,
    sms,
    stores,
    pushAccountSet,
  ] = await Promise.all([
    read(() => zonesOf(clients)),
    read(() => bootstrapVersionOf(clients.cloudFormation)),
    edgeOf(stage, clients),
    Promise.all([stack(dataStack), stack(`weelo-${stage.name}-service`)]),
    read(() => rolesFor(stage, clients)),
    read(() => concurrencyOf(clients)),
    stage.network.kind === 'new' ? read(() => vpcsOf(clients)) : undefined,
    read((): Promise<SmsAccount> => readSms(stage, clients.sms)),
    readStores(stage, clients),
    readPush(dataStack, clients),
  ]);
  const found = {
    account,
    caller,
    zones,
    bootstrapVersion,
    ...edge,
    dataStack: stacks[0],
    serviceStack: stacks[1],
    roles,
    concurrency,
    vpcs,
    sms,
    pushAccountSet,
    ...stores,
  };
  return { found };
}

async function zonesOf({ ec2 }: Clients): Promise<readonly string[]> {
  const { AvailabilityZones = [] } = await ec2.send(new DescribeAvailabilityZonesCommand({}));
  return AvailabilityZones.filter(({ State }) => State === 'available').flatMap(
    ({ ZoneName }) => ZoneName ?? [],
  );
}

async function stackNamed(client: CloudFormationClient, StackName: string) {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    return Stacks[0];
  } catch (error) {
    // CloudFormation has no error of its own for a stack that does not exist.
    if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
    throw error;
  }
}

async function stackStatus(client: CloudFormationClient, name: string) {
  return { status: (await stackNamed(client, name))?.StackStatus };
}

async function bootstrapVersionOf(client: CloudFormationClient): Promise<number | undefined> {
  const stack = await stackNamed(client, 'CDKToolkit');
  const version = stack?.Outputs?.find(({ OutputKey }) => OutputKey === 'BootstrapVersion');
  return version ? Number(version.OutputValue) : undefined;
}

/** What is known of the region of the edge. */
async function edgeOf({ name, edge }: Stage, { edgeFormation: client }: Clients) {
  if (!edge) return { edgeBootstrapVersion: undefined, edgeStack: undefined };
  const [edgeBootstrapVersion, edgeStack] = await Promise.all([
    read(() => bootstrapVersionOf(client)),
    read(() => stackStatus(client, `weelo-${name}-edge`)),
  ]);
  return { edgeBootstrapVersion, edgeStack };
}

async function rolesFor(stage: Stage, { iam }: Clients): Promise<readonly ServiceLinkedRole[]> {
  const needed = {
    'rds.amazonaws.com': stage.database.kind === 'new' || stage.proxy ? 'RDS' : undefined,
    'elasticache.amazonaws.com': stage.cache.kind === 'new' ? 'ElastiCache' : undefined,
    'ops.apigateway.amazonaws.com': 'APIGateway',
  };
  const roles: ServiceLinkedRole[] = [];
  for (const [service, name] of Object.entries(needed)) {
    if (name === undefined) continue;
    const RoleName = `AWSServiceRoleFor${name}`;
    const exists = await iam.send(new GetRoleCommand({ RoleName })).then(
      () => true,
      (error: unknown) => absent(error, 'NoSuchEntity'),
    );
    roles.push({ service, exists });
  }
  return roles;
}

async function concurrencyOf({ lambda }: Clients) {
  const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({}));
  const { ConcurrentExecutions, UnreservedConcurrentExecutions } = AccountLimit ?? {};
  if (ConcurrentExecutions === undefined) throw new Error('Lambda does not say its quota');
  return {
    quota: ConcurrentExecutions,
    unreserved: UnreservedConcurrentExecutions ?? ConcurrentExecutions,
  };
}

async function vpcsOf({ ec2, quotas }: Clients) {
  const [{ Vpcs = [] }, { Quota }] = await Promise.all([
    ec2.send(new DescribeVpcsCommand({})),
    quotas.send(new GetServiceQuotaCommand({ ServiceCode: 'vpc', QuotaCode: 'L-F678F1CE' })),
  ]);
  return { used: Vpcs.length, quota: Quota?.Value ?? 5 };
}

/** Whether the secret of the push account has a value, if the data stack is there. */
async function readPush(
  StackName: string,
  { cloudFormation, secrets }: Clients,
): Promise<Reading<boolean> | undefined> {
  const secret = await read(async () => {
    if (!(await stackNamed(cloudFormation, StackName))) return undefined;
    const command = new DescribeStackResourcesCommand({ StackName });
    const { StackResources = [] } = await cloudFormation.send(command);
    return StackResources.find(
      ({ ResourceType, LogicalResourceId = '' }) =>
        ResourceType === 'AWS::SecretsManager::Secret' &&
        LogicalResourceId.startsWith('PushAccount'),
    )?.PhysicalResourceId;
  });
  if ('refused' in secret) return secret;
  const { found: SecretId } = secret;
  if (SecretId === undefined) return undefined;
  return read(async () => {
    const { VersionIdsToStages } = await secrets.send(new DescribeSecretCommand({ SecretId }));
    return Object.keys(VersionIdsToStages ?? {}).length > 0;
  });
}
