import * as z from 'zod';
import type { SecretStore } from '../engines/secret-store.ts';
import type { CustomResources } from '../custom-resources/custom-resources.ts';
import type { Functions } from '../lambda/functions.ts';
import { settingsOf } from '../lambda/function-settings.ts';
import type { Assembly, Resource } from '../template/assembly.ts';
import type { CloudValues } from '../template/cloud-values.ts';
import type { Engines } from './engines.ts';
import { aliasOf, type Shift, shiftOf } from './gradual-shifts.ts';
import { makeDatabase } from './make-databases.ts';
import { makeQueue } from './make-queues.ts';
import { attachSecret, makeSecret } from './make-secrets.ts';
import { makeTable, type TimeToLive } from './make-tables.ts';
import { inOrder } from '../template/order.ts';
import { isCustomResource, isKnown } from '../template/resource-types.ts';

export interface DeploymentProps {
  readonly assembly: Assembly;
  readonly values: CloudValues;
  readonly engines: Engines;
  readonly secrets: SecretStore;
  readonly functions: Functions;
  readonly customResources: CustomResources;
  /** What runs already. Its stores and queues are left as they are. Default: nothing does. */
  readonly deployed?: Assembly;
  readonly say: (sentence: string) => void;
}

const ALIAS = 'AWS::Lambda::Alias';
const VERSION = 'AWS::Lambda::Version';
const Version = z.object({ FunctionName: z.string() });

type Make = (resource: Resource) => void | Promise<void>;

/** Makes the template's resources, each after those that it needs. */
export class Deployment {
  /** Tables whose items end by themselves. */
  readonly timesToLive: TimeToLive[] = [];
  private readonly props: DeploymentProps;
  private readonly makers: Readonly<Record<string, Make>>;

  constructor(props: DeploymentProps) {
    this.props = props;
    const { values, secrets } = props;
    const table: Make = (resource) => this.makeTable(resource);
    const database: Make = (resource) => this.makeDatabase(resource);
    this.makers = {
      'AWS::Lambda::Function': (resource) => this.addFunction(resource),
      'AWS::Lambda::Version': (resource) => this.publish(resource),
      'AWS::Lambda::Alias': (resource) => this.point(resource),
      'AWS::SQS::Queue': (resource) => this.makeQueue(resource),
      'AWS::DynamoDB::Table': table,
      'AWS::DynamoDB::GlobalTable': table,
      'AWS::SecretsManager::Secret': (resource) => makeSecret(resource, values, secrets),
      'AWS::SecretsManager::SecretTargetAttachment': (resource) => this.attach(resource),
      'AWS::RDS::DBCluster': database,
      'AWS::RDS::DBInstance': (resource) => this.makeInstance(resource),
    };
  }

  async run(): Promise<void> {
    const all = this.inOrder();
    this.warnOfUnknown(all);
    for (const each of all) await this.make(each);
  }

  /** The same, but answers with the aliases that are to be moved gradually, and leaves them where they are. */
  async runAgain(): Promise<readonly Shift[]> {
    const { values, functions } = this.props;
    const shifts: Shift[] = [];
    for (const each of this.inOrder()) {
      const shift = each.type === ALIAS ? shiftOf(each, values, functions) : undefined;
      if (shift) shifts.push(shift);
      else await this.make(each);
    }
    return shifts;
  }

  /** To the versions that the template's resources were published as before. */
  async putAliasesBack(): Promise<void> {
    const all = this.inOrder();
    for (const each of all.filter(({ type }) => type === VERSION)) this.publish(each);
    for (const each of all.filter(({ type }) => type === ALIAS)) await this.point(each);
  }

  private inOrder(): readonly Resource[] {
    const { assembly, values } = this.props;
    return assembly.stacks.flatMap(inOrder).filter((each) => values.exists(each));
  }

  private async make(resource: Resource): Promise<void> {
    if (isCustomResource(resource)) await this.props.customResources.bringUpToDate(resource);
    else if (!this.stands(resource)) await this.makers[resource.type]?.(resource);
  }

  /** Whether it is there, and cannot have changed. */
  private stands({ type, id, stack }: Resource): boolean {
    const there = this.props.deployed?.stacks.find(({ name }) => name === stack.name);
    return there?.resources.has(id) === true && !type.startsWith('AWS::Lambda::');
  }

  private warnOfUnknown(all: readonly Resource[]): void {
    const unknown = new Set(all.filter((each) => !isKnown(each)).map(({ type }) => type));
    for (const type of unknown) {
      this.props.say(`the template has ${type}, of which the local cloud makes nothing`);
    }
  }

  private addFunction(resource: Resource): Promise<void> {
    const { values, assembly, functions } = this.props;
    return functions.add(settingsOf(resource, values, assembly.assets));
  }

  private publish(resource: Resource): void {
    const { values, functions } = this.props;
    const { FunctionName } = Version.parse(values.properties(resource));
    const number = functions.publish(FunctionName, resource.id);
    const physicalId = `${functions.arnOf(FunctionName)}:${number}`;
    values.remember(resource, { physicalId, data: { Version: number, FunctionArn: physicalId } });
  }

  private point(resource: Resource): Promise<void> {
    const { values, functions } = this.props;
    const { FunctionName, Name, FunctionVersion } = aliasOf(resource, values);
    return functions.point(FunctionName, Name, { version: FunctionVersion });
  }

  private makeQueue(resource: Resource): Promise<void> | void {
    const { values, engines } = this.props;
    if (engines.sqs) return makeQueue(resource, { values, engine: engines.sqs });
  }

  private async makeTable(resource: Resource): Promise<void> {
    const { values, engines } = this.props;
    if (!engines.dynamodb) return;
    const timeToLive = await makeTable(resource, { values, engine: engines.dynamodb });
    if (timeToLive) this.timesToLive.push(timeToLive);
  }

  private makeDatabase(resource: Resource): Promise<void> | void {
    const { values, engines } = this.props;
    if (engines.postgres) return makeDatabase(resource, values, engines.postgres);
  }

  /** One of a cluster has its database there. */
  private makeInstance(resource: Resource): Promise<void> | void {
    if (resource.properties['DBClusterIdentifier'] === undefined)
      return this.makeDatabase(resource);
  }

  private attach(resource: Resource): void {
    const { values, engines, secrets } = this.props;
    if (!engines.postgres) return;
    const { host, port } = engines.postgres;
    const targetId = values.property(resource, 'TargetId');
    const target = values
      .resources('AWS::RDS::DBCluster', 'AWS::RDS::DBInstance')
      .find((each) => values.refOf(each) === targetId);
    const name =
      target && (values.property(target, 'DatabaseName') ?? values.property(target, 'DBName'));
    const dbname = typeof name === 'string' ? { dbname: name } : {};
    attachSecret(resource, values, secrets, { engine: 'postgres', host, port, ...dbname });
  }
}
