import {
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import {
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeOrderableDBInstanceOptionsCommand,
  type RDSClient,
} from '@aws-sdk/client-rds';
import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { auroraVersion } from '../../lib/data/database/new-database.ts';
import type { Stage } from '../../lib/parts/stage.ts';
import { absent, type Clients, read } from './clients.ts';
import type { AccountFacts, FoundDatabase, FoundNetwork } from './facts.ts';

type StoreFacts = Pick<
  AccountFacts,
  'network' | 'auroraOffered' | 'database' | 'ownerSecretExists'
>;

/** What a stage's network and database need to be there. A Redis says nothing about itself to an account. */
export async function readStores(
  { network, database }: Stage,
  { ec2, rds, secrets }: Clients,
): Promise<StoreFacts> {
  const isNew = database.kind === 'new';
  const [foundNetwork, auroraOffered, foundDatabase, ownerSecretExists] = await Promise.all([
    network.kind === 'existing' ? read(() => networkOf(network, ec2)) : undefined,
    isNew ? read(() => isAuroraOffered(rds)) : undefined,
    isNew ? undefined : read(() => databaseOf(database, rds)),
    isNew
      ? undefined
      : read(() =>
          secrets.send(new DescribeSecretCommand({ SecretId: database.ownerSecretArn })).then(
            () => true,
            (error: unknown) => absent(error, 'ResourceNotFound'),
          ),
        ),
  ]);
  return { network: foundNetwork, auroraOffered, database: foundDatabase, ownerSecretExists };
}

async function isAuroraOffered(rds: RDSClient): Promise<boolean> {
  const { OrderableDBInstanceOptions = [] } = await rds.send(
    new DescribeOrderableDBInstanceOptionsCommand({
      Engine: 'aurora-postgresql',
      EngineVersion: auroraVersion.auroraPostgresFullVersion,
      DBInstanceClass: 'db.serverless',
    }),
  );
  return OrderableDBInstanceOptions.length > 0;
}

type ExistingDatabase = Extract<Stage['database'], { readonly kind: 'existing' }>;

async function databaseOf(
  { engine, identifier }: ExistingDatabase,
  rds: RDSClient,
): Promise<FoundDatabase | undefined> {
  try {
    return await (engine === 'instance' ? instanceOf(identifier, rds) : clusterOf(identifier, rds));
  } catch (error) {
    // The SDK calls them DBInstanceNotFoundFault and DBClusterNotFoundFault.
    absent(error, engine === 'instance' ? 'DBInstanceNotFound' : 'DBClusterNotFound');
    return undefined;
  }
}

async function instanceOf(identifier: string, rds: RDSClient): Promise<FoundDatabase | undefined> {
  const command = new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier });
  const { DBInstances: [found] = [] } = await rds.send(command);
  return (
    found && {
      engine: found.Engine ?? '',
      status: found.DBInstanceStatus ?? '',
      host: found.Endpoint?.Address ?? '',
      port: found.Endpoint?.Port ?? 0,
      securityGroupIds: idsOf(found.VpcSecurityGroups),
      instanceClass: found.DBInstanceClass,
    }
  );
}

async function clusterOf(identifier: string, rds: RDSClient): Promise<FoundDatabase | undefined> {
  const command = new DescribeDBClustersCommand({ DBClusterIdentifier: identifier });
  const { DBClusters: [found] = [] } = await rds.send(command);
  return (
    found && {
      engine: found.Engine ?? '',
      status: found.Status ?? '',
      host: found.Endpoint ?? '',
      port: found.Port ?? 0,
      securityGroupIds: idsOf(found.VpcSecurityGroups),
      // A Multi-AZ cluster has one, a cluster of Aurora has not.
      instanceClass: found.DBClusterInstanceClass,
    }
  );
}

function idsOf(
  groups: readonly { readonly VpcSecurityGroupId?: string | undefined }[] = [],
): readonly string[] {
  return groups.flatMap(({ VpcSecurityGroupId }) => VpcSecurityGroupId ?? []);
}

type ExistingNetwork = Extract<Stage['network'], { readonly kind: 'existing' }>;

async function networkOf(
  { vpcId, subnets }: ExistingNetwork,
  ec2: EC2Client,
): Promise<FoundNetwork> {
  const ids = subnets.map(({ subnetId }) => subnetId);
  const [{ Subnets = [] }, { VpcEndpoints = [] }] = await Promise.all([
    ec2.send(new DescribeSubnetsCommand({ Filters: [{ Name: 'subnet-id', Values: ids }] })),
    ec2.send(new DescribeVpcEndpointsCommand({ Filters: [{ Name: 'vpc-id', Values: [vpcId] }] })),
  ]);
  return {
    subnets: Subnets.map(({ SubnetId = '', VpcId = '', AvailabilityZone = '' }) => ({
      subnetId: SubnetId,
      vpcId: VpcId,
      zone: AvailabilityZone,
    })),
    endpoints: VpcEndpoints.map((each) => ({
      service: each.ServiceName?.split('.').at(-1) ?? '',
      privateDns: each.PrivateDnsEnabled ?? false,
      securityGroupIds: (each.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
      routeTableIds: each.RouteTableIds ?? [],
    })),
  };
}
