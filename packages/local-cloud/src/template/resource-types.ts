import { createHash } from 'node:crypto';
import type { Account } from '../protocol/played-service.ts';
import type { Resource } from './assembly.ts';

/** Where the engines listen that resources of the template stand for. */
export interface Addresses {
  readonly postgres: Address;
  readonly redis: Address;
  /** The AWS endpoint's origin, at which queues have their URLs. */
  readonly aws: string;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

/** One resource, with what its values are made of. */
export interface Named {
  readonly resource: Resource;
  readonly account: Account;
  readonly addresses: Addresses;
  /** A property of the template, resolved; undefined where it is not text. */
  text(property: string): string | undefined;
}

type Value = (named: Named) => string | number;

interface ResourceType {
  readonly ref: Value;
  readonly attributes: Readonly<Record<string, Value>>;
}

const arn =
  (service: string, rest: (named: Named) => string): Value =>
  (named) =>
    `arn:aws:${service}:${named.account.region}:${named.account.accountId}:${rest(named)}`;

/** The name that the template gives, or one made of the ids, the same at every start. */
const named =
  (property: string, longest = 255): ((named: Named) => string) =>
  (of) =>
    of.text(property) ?? generatedName(of, longest);

function generatedName({ resource }: Named, longest: number): string {
  const name = `${resource.stack.name}-${resource.id}`;
  return name.length <= longest ? name : `${name.slice(0, longest - 9)}-${digest(name, 8)}`;
}

/** An id as AWS gives them out: meaningless, but always the same for the same resource. */
function madeUpId(prefix: string, length: number): Value {
  return ({ resource }) => prefix + digest(`${resource.stack.name}/${resource.id}`, length);
}

/** The same, as a UUID. */
const madeUpUuid: Value = (of) =>
  String(madeUpId('', 32)(of)).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');

function digest(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}

const functionName = named('FunctionName', 64);
const queueName = named('QueueName', 80);
const tableName = named('TableName');
const secretName = named('Name');
const roleName = named('RoleName', 64);
const ruleName = named('Name', 64);
const proxyName = named('DBProxyName');
const cacheName = named('ServerlessCacheName', 40);
const apiId = madeUpId('', 10);
const functionArn = arn('lambda', (of) => `function:${functionName(of)}`);
const policyArn: Value = (of) =>
  `arn:aws:iam::${of.account.accountId}:policy/${named('ManagedPolicyName', 128)(of)}`;
const layerArn = arn('lambda', (of) => `layer:${named('LayerName', 140)(of)}:1`);
const ofTheFunction =
  (suffix: (of: Named) => string): Value =>
  (of) =>
    `${arnOfFunction(of)}:${suffix(of)}`;

function arnOfFunction(of: Named): string {
  const name = of.text('FunctionName') ?? '';
  return name.startsWith('arn:') ? name : String(arn('lambda', () => `function:${name}`)(of));
}

const table: ResourceType = {
  ref: tableName,
  attributes: { Arn: arn('dynamodb', (of) => `table/${tableName(of)}`) },
};
const postgresPort: Value = ({ addresses }) => String(addresses.postgres.port);
const postgresHost: Value = ({ addresses }) => addresses.postgres.host;
const redisPort: Value = ({ addresses }) => String(addresses.redis.port);
const redisHost: Value = ({ addresses }) => addresses.redis.host;
const clusterName = named('DBClusterIdentifier', 63);
const instanceName = named('DBInstanceIdentifier', 63);

/** What a resource is that nothing here plays, but others refer to. */
const bystander = (prefix: string, ...attributes: readonly string[]): ResourceType => {
  const id = madeUpId(prefix, 17);
  return { ref: id, attributes: Object.fromEntries(attributes.map((each) => [each, id])) };
};

/** `Ref` and `Fn::GetAtt` of every type that the local cloud makes something of, or tolerates. */
export const resourceTypes: Readonly<Record<string, ResourceType>> = {
  'AWS::Lambda::Function': { ref: functionName, attributes: { Arn: functionArn } },
  'AWS::Lambda::LayerVersion': { ref: layerArn, attributes: { LayerVersionArn: layerArn } },
  'AWS::Lambda::Version': {
    ref: ofTheFunction(() => '1'),
    attributes: { Version: () => '1', FunctionArn: ofTheFunction(() => '1') },
  },
  'AWS::Lambda::EventSourceMapping': { ref: madeUpUuid, attributes: { Id: madeUpUuid } },
  'AWS::Lambda::Alias': {
    ref: ofTheFunction((of) => of.text('Name') ?? 'live'),
    attributes: { AliasArn: ofTheFunction((of) => of.text('Name') ?? 'live') },
  },
  'AWS::CodeDeploy::Application': { ref: named('ApplicationName', 100), attributes: {} },
  'AWS::CodeDeploy::DeploymentGroup': { ref: named('DeploymentGroupName', 100), attributes: {} },
  'AWS::SQS::Queue': {
    ref: (of) => `${of.addresses.aws}/${of.account.accountId}/${queueName(of)}`,
    attributes: {
      Arn: arn('sqs', queueName),
      QueueName: queueName,
      QueueUrl: (of) => `${of.addresses.aws}/${of.account.accountId}/${queueName(of)}`,
    },
  },
  'AWS::DynamoDB::Table': table,
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::SecretsManager::Secret': {
    ref: arn('secretsmanager', (of) => `secret:${secretName(of)}-${madeUpId('', 6)(of)}`),
    attributes: {
      Id: arn('secretsmanager', (of) => `secret:${secretName(of)}-${madeUpId('', 6)(of)}`),
    },
  },
  'AWS::SecretsManager::SecretTargetAttachment': {
    ref: (of) => of.text('SecretId') ?? '',
    attributes: {},
  },
  'AWS::RDS::DBCluster': {
    ref: (of) => clusterName(of).toLowerCase(),
    attributes: {
      'Endpoint.Address': postgresHost,
      'Endpoint.Port': postgresPort,
      'ReadEndpoint.Address': postgresHost,
      DBClusterArn: arn('rds', (of) => `cluster:${clusterName(of).toLowerCase()}`),
      DBClusterResourceId: madeUpId('cluster-', 26),
    },
  },
  'AWS::RDS::DBInstance': {
    ref: (of) => instanceName(of).toLowerCase(),
    attributes: {
      'Endpoint.Address': postgresHost,
      'Endpoint.Port': postgresPort,
      DBInstanceArn: arn('rds', (of) => `db:${instanceName(of).toLowerCase()}`),
      DbiResourceId: madeUpId('db-', 26),
    },
  },
  'AWS::RDS::DBProxy': {
    ref: proxyName,
    attributes: {
      Endpoint: postgresHost,
      DBProxyArn: arn('rds', (of) => `db-proxy:${proxyName(of)}`),
    },
  },
  'AWS::ElastiCache::ServerlessCache': {
    ref: cacheName,
    attributes: {
      ARN: arn('elasticache', (of) => `serverlesscache:${cacheName(of)}`),
      'Endpoint.Address': redisHost,
      'Endpoint.Port': redisPort,
      'ReaderEndpoint.Address': redisHost,
      'ReaderEndpoint.Port': redisPort,
    },
  },
  'AWS::ApiGatewayV2::Api': {
    ref: apiId,
    attributes: {
      ApiId: apiId,
      ApiEndpoint: (of) => `https://${apiId(of)}.execute-api.${of.account.region}.amazonaws.com`,
    },
  },
  'AWS::ApiGatewayV2::Stage': { ref: named('StageName'), attributes: {} },
  'AWS::ApiGatewayV2::Route': bystander('', 'RouteId'),
  'AWS::ApiGatewayV2::Integration': bystander('', 'IntegrationId'),
  'AWS::ApiGatewayV2::RouteResponse': bystander('', 'RouteResponseId'),
  'AWS::IAM::Role': {
    ref: roleName,
    attributes: {
      Arn: (of) => `arn:aws:iam::${of.account.accountId}:role/${roleName(of)}`,
      RoleId: madeUpId('AROA', 17),
    },
  },
  'AWS::IAM::Policy': bystander('', 'Id'),
  'AWS::IAM::ManagedPolicy': { ref: policyArn, attributes: { PolicyArn: policyArn } },
  'AWS::Events::Rule': {
    ref: ruleName,
    attributes: { Arn: arn('events', (of) => `rule/${ruleName(of)}`) },
  },
  'AWS::Events::EventBus': {
    ref: named('Name'),
    attributes: {
      Name: named('Name'),
      Arn: arn('events', (of) => `event-bus/${named('Name')(of)}`),
    },
  },
  'AWS::Logs::LogGroup': {
    ref: named('LogGroupName', 512),
    attributes: { Arn: arn('logs', (of) => `log-group:${named('LogGroupName', 512)(of)}:*`) },
  },
  'AWS::SNS::Topic': {
    ref: arn('sns', named('TopicName')),
    attributes: { TopicArn: arn('sns', named('TopicName')), TopicName: named('TopicName') },
  },
  'AWS::CloudWatch::Alarm': {
    ref: named('AlarmName'),
    attributes: { Arn: arn('cloudwatch', (of) => `alarm:${named('AlarmName')(of)}`) },
  },
  'AWS::KMS::Key': {
    ref: madeUpId('', 32),
    attributes: { Arn: arn('kms', (of) => `key/${madeUpId('', 32)(of)}`), KeyId: madeUpId('', 32) },
  },
  'AWS::EC2::SecurityGroup': bystander('sg-', 'GroupId', 'Id'),
  'AWS::EC2::VPC': bystander('vpc-', 'VpcId', 'DefaultSecurityGroup', 'CidrBlock'),
  'AWS::EC2::Subnet': bystander('subnet-', 'SubnetId', 'AvailabilityZone'),
  'AWS::EC2::RouteTable': bystander('rtb-', 'RouteTableId'),
  'AWS::EC2::VPCEndpoint': bystander('vpce-', 'Id'),
};

/** Types that this machine needs nothing of: they are passed over without a word. */
const passedOver = new Set([
  'AWS::ApiGateway::Account',
  'AWS::ApiGatewayV2::Deployment',
  'AWS::CDK::Metadata',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::EC2::EIP',
  'AWS::EC2::FlowLog',
  'AWS::EC2::InternetGateway',
  'AWS::EC2::NatGateway',
  'AWS::EC2::Route',
  'AWS::EC2::SecurityGroupEgress',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::EC2::SubnetRouteTableAssociation',
  'AWS::EC2::VPCGatewayAttachment',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::Permission',
  'AWS::Logs::MetricFilter',
  'AWS::Logs::QueryDefinition',
  'AWS::RDS::DBClusterParameterGroup',
  'AWS::RDS::DBParameterGroup',
  'AWS::RDS::DBProxyTargetGroup',
  'AWS::RDS::DBSubnetGroup',
  'AWS::SNS::Subscription',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::SecretsManager::ResourcePolicy',
]);

export function isCustomResource({ type }: Resource): boolean {
  return type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource';
}

export function isKnown(resource: Resource): boolean {
  const { type } = resource;
  return type in resourceTypes || passedOver.has(type) || isCustomResource(resource);
}

/** What `Ref` of a type without a line above gives: an id of no meaning. */
export const anyRef: Value = madeUpId('', 17);
