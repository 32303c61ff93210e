/**
 * Says what deploying `cdk.out` would do, without a change set: reading is enough. Prints Markdown, and a warning of
 * GitHub's for each resource whose data would be lost. `npm run diff` after `npm run synth -- -c stage=<stage>`.
 */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { changesBetween } from './diff/replacements.ts';
import { deployedAs, synthesizedIn } from './diff/templates.ts';

const client = new CloudFormationClient({ region: 'ap-south-1' });

for (const [name, next] of synthesizedIn(process.argv[2] ?? 'cdk.out')) {
  const changes = changesBetween(await deployedAs(name, client), next);
  console.log(`\n### ${name}: ${changes.length === 0 ? 'nothing changes' : ''}\n`);
  for (const { logicalId, type, impact, isGrave } of changes) {
    console.log(`- ${isGrave ? '**' : ''}${impact}${isGrave ? '**' : ''} ${type} ${logicalId}`);
    if (isGrave) {
      console.error(
        `::warning title=Data could be lost::${name}: ${type} ${logicalId} ${impact}. Its data does not move by itself.`,
      );
    }
  }
}
