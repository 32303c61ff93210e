import { fullDiff, ResourceImpact } from '@aws-cdk/cloudformation-diff';
import type { CloudFormationTemplate } from './templates.ts';

/** Resources that hold what cannot be made again. */
const stateful =
  /^AWS::(RDS::DB|DynamoDB::|ElastiCache::|SecretsManager::Secret$|SQS::Queue$|KMS::Key$|EC2::VPC$|Logs::LogGroup$)/;

const lasting: ReadonlySet<ResourceImpact> = new Set([
  ResourceImpact.WILL_REPLACE,
  ResourceImpact.MAY_REPLACE,
  ResourceImpact.WILL_DESTROY,
  ResourceImpact.WILL_ORPHAN,
]);

export interface Change {
  readonly logicalId: string;
  readonly type: string;
  readonly impact: ResourceImpact;
  /** Whether data could be lost. */
  readonly isGrave: boolean;
}

/** What deploying a template would do to the resources that are there. */
export function changesBetween(
  deployed: CloudFormationTemplate,
  next: CloudFormationTemplate,
): readonly Change[] {
  const changes: Change[] = [];
  fullDiff(deployed, next).resources.forEachDifference((logicalId, change) => {
    const type = change.oldResourceType ?? change.newResourceType ?? 'unknown';
    const impact = change.changeImpact;
    if (impact === ResourceImpact.NO_CHANGE) return;
    changes.push({ logicalId, type, impact, isGrave: lasting.has(impact) && stateful.test(type) });
  });
  return changes;
}
