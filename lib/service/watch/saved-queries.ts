import { CfnQueryDefinition } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Stage } from '../../parts/stage.ts';
import { fullNameOf, logGroupsOf, savedQueries } from './queries.ts';

export interface SavedQueriesProps {
  readonly stage: Stage;
}

/** The queries of runbooks, in CloudWatch Logs Insights. They cost nothing until somebody runs them. */
export class SavedQueries extends Construct {
  constructor(scope: Construct, id: string, { stage }: SavedQueriesProps) {
    super(scope, id);
    for (const each of savedQueries) {
      new CfnQueryDefinition(this, each.name, {
        name: fullNameOf(each, stage),
        queryString: each.lines.join('\n| '),
        logGroupNames: logGroupsOf(each, stage),
      });
    }
  }
}
