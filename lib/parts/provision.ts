import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { ILayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import type { Resource, resources, Variable } from '../../src/contract/environment.ts';

/** All that a function is given with the use of one resource. */
export interface Provision<V extends Variable = never> {
  readonly variables: Readonly<Partial<Record<Variable, string>>> & Readonly<Record<V, string>>;
  readonly grant: (to: IGrantable & IConstruct) => void;
  /** Who may come to its door; only for what stands in the VPC. Default: no door. */
  readonly clients?: ISecurityGroup;
  /** Code that speaks to it. Default: none but the function's own. */
  readonly layer?: ILayerVersion;
}

/** What a function of the contract can be given. A variable left out of a line does not compile. */
export type Provisions<R extends Resource = Resource> = {
  readonly [Each in R]: Provision<(typeof resources)[Each]['variables'][number]>;
};
