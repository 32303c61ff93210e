import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { ILayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import type { Resource, resources, Variable } from '../../src/contract/environment.ts';

/** All that a function needs in order to use one resource. */
export interface Provision<V extends Variable = never> {
  readonly variables: Readonly<Partial<Record<Variable, string>>> & Readonly<Record<V, string>>;
  readonly grant: (to: IGrantable & IConstruct) => void;
  /** The security group of its clients, if it is in the VPC. Default: none. */
  readonly clients?: ISecurityGroup;
  /** A layer with code that speaks to it. Default: none. */
  readonly layer?: ILayerVersion;
}

/** A provision for each resource of the contract. If one of a resource's variables is missing, it does not compile. */
export type Provisions<R extends Resource = Resource> = {
  readonly [Each in R]: Provision<(typeof resources)[Each]['variables'][number]>;
};
