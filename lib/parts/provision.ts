import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { ILayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import type { Resource, resources, Variable } from '../../src/contract/environment.ts';

/** Everything that a function needs to use one resource. */
export interface Provision<V extends Variable = never> {
  readonly variables: Readonly<Partial<Record<Variable, string>>> & Readonly<Record<V, string>>;
  readonly grant: (to: IGrantable & IConstruct) => void;
  /** The security group of the resource's clients, if the resource is in the VPC. Default: none. */
  readonly clients?: ISecurityGroup;
  /** A layer with the code that uses the resource. Default: none. */
  readonly layer?: ILayerVersion;
}

/** A provision for each resource of the contract. A missing variable is a compile error. */
export type Provisions<R extends Resource = Resource> = {
  readonly [Each in R]: Provision<(typeof resources)[Each]['variables'][number]>;
};
