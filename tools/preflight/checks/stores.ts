import type { Stage } from '../../../lib/parts/stage.ts';
import {
  about,
  type AccountFacts,
  done,
  type Finding,
  type FoundDatabase,
  type FoundNetwork,
  todo,
} from '../facts.ts';

type ExistingNetwork = Extract<Stage['network'], { readonly kind: 'existing' }>;
type ExistingDatabase = Extract<Stage['database'], { readonly kind: 'existing' }>;

export function aurora({ auroraOffered }: AccountFacts, { region }: Stage): readonly Finding[] {
  if (auroraOffered === undefined) return [];
  return about('database', auroraOffered, (offered) =>
    offered
      ? done('database', `${region} offers this version of Aurora PostgreSQL as db.serverless.`)
      : todo(
          'database',
          `${region} does not offer this version of Aurora PostgreSQL as db.serverless. Take a version from the list, in lib/data/database/new-database.ts.`,
          `aws rds describe-orderable-db-instance-options --region ${region} --engine aurora-postgresql --db-instance-class db.serverless --query 'OrderableDBInstanceOptions[].EngineVersion'`,
        ),
  );
}

export function existingDatabase(facts: AccountFacts, stage: Stage): readonly Finding[] {
  const { database } = stage;
  if (database.kind === 'new' || facts.database === undefined) return [];
  return about('database', facts.database, (found) => {
    const { engine, identifier } = database;
    if (!found) {
      return todo(
        'database',
        `There is no DB ${engine} ${identifier} in ${stage.region}. Set database.identifier and database.engine to one that exists.`,
      );
    }
    const wrong = differences(database, found);
    if (wrong.length > 0) return wrong.map((each) => todo('database', each));
    return done('database', `The DB ${engine} ${identifier} is available, and as the stage says.`);
  });
}

function differences(said: ExistingDatabase, found: FoundDatabase): readonly string[] {
  const sentences = [
    found.engine.includes('postgres') ||
      `${said.identifier} runs ${found.engine}. Weelo needs PostgreSQL: set another database.identifier.`,
    found.status === 'available' ||
      `${said.identifier} is ${found.status}. Wait until it is available, or start it.`,
    found.host === said.host || `Set database.host to ${found.host}.`,
    found.port === said.port || `Set database.port to ${found.port}.`,
    found.securityGroupIds.includes(said.securityGroupId) ||
      `Set database.securityGroupId to one that the database is in: ${found.securityGroupIds.join(' or ')}.`,
    found.instanceClass === undefined ||
      found.instanceClass === said.instanceClass ||
      `Set database.instanceClass to ${found.instanceClass}.`,
  ];
  return sentences.filter((each) => each !== true);
}

export function ownerSecret(facts: AccountFacts, { database }: Stage): readonly Finding[] {
  if (database.kind === 'new' || facts.ownerSecretExists === undefined) return [];
  return about('database', facts.ownerSecretExists, (exists) =>
    exists
      ? done('database', "The owner's secret exists. Its role must have CREATEROLE.")
      : todo(
          'database',
          `There is no secret ${database.ownerSecretArn}. Set database.ownerSecretArn to one with username and password of a role that has CREATEROLE.`,
        ),
  );
}

export function existingNetwork(facts: AccountFacts, { network }: Stage): readonly Finding[] {
  if (network.kind === 'new' || facts.network === undefined) return [];
  return about('network', facts.network, (found) => {
    const wrong = [...wrongSubnets(network, found), ...wrongEndpoints(network, found)];
    return wrong.length > 0
      ? wrong.map((each) => todo('network', each))
      : done('network', `${network.vpcId} has the subnets and the endpoints that the stage needs.`);
  });
}

function wrongSubnets(network: ExistingNetwork, found: FoundNetwork): readonly string[] {
  return network.subnets.flatMap(({ subnetId, zone }) => {
    const subnet = found.subnets.find((each) => each.subnetId === subnetId);
    if (!subnet) return [`There is no subnet ${subnetId}. Name one of ${network.vpcId}.`];
    if (subnet.vpcId !== network.vpcId) {
      return [`${subnetId} is in ${subnet.vpcId}. Name a subnet of ${network.vpcId}.`];
    }
    return subnet.zone === zone ? [] : [`Set the zone of ${subnetId} to ${subnet.zone}.`];
  });
}

const services = ['sqs', 'secretsmanager'];

function wrongEndpoints(network: ExistingNetwork, found: FoundNetwork): readonly string[] {
  const { endpoints, vpcId } = network;
  const named = found.endpoints.filter(({ privateDns }) => privateDns);
  if (endpoints.kind === 'new') {
    const there = services.filter((each) => named.some(({ service }) => service === each));
    return there.length === 0
      ? []
      : [
          `${vpcId} has endpoints of ${there.join(' and ')} already, with the private names that clients use. Set network.endpoints to them: { kind: 'existing', … }.`,
        ];
  }
  const missing = services
    .filter((each) => {
      const ours = named.filter(({ service }) => service === each);
      return !ours.some(({ securityGroupIds }) =>
        securityGroupIds.includes(endpoints.securityGroupId),
      );
    })
    .map(
      (each) =>
        `${vpcId} has no endpoint of ${each} with a private name in ${endpoints.securityGroupId}. Make one, or set network.endpoints to new ones.`,
    );
  const tables = found.endpoints
    .filter(({ service }) => service === 'dynamodb')
    .flatMap(({ routeTableIds }) => routeTableIds);
  const without = network.subnets.filter(({ routeTableId }) => !tables.includes(routeTableId));
  return [
    ...missing,
    ...without.map(
      ({ routeTableId }) =>
        `The route table ${routeTableId} does not lead to DynamoDB. Add it to a gateway endpoint of DynamoDB.`,
    ),
  ];
}
