import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Stage } from './stage.ts';

export interface LogProps {
  readonly stage: Stage;
  /** The last part of the log group's name. */
  readonly name: string;
}

/**
 * A log group with a fixed name, so it can be found without the template. It is deleted with its stack in every stage.
 * If it stayed, its name would be taken and the stack could not be created again.
 */
export function makeLog(scope: Construct, id: string, { stage, name }: LogProps): LogGroup {
  return new LogGroup(scope, id, {
    logGroupName: `/weelo/${stage.name}/${name}`,
    retention: stage.logRetention,
    removalPolicy: RemovalPolicy.DESTROY,
  });
}
