/**
 * Says what deploying `cdk.out` would do, without a change set: reading is enough. Prints Markdown, and a warning of
 * GitHub's for each resource whose data would be lost. Ends with an error if a queue's consumer would not understand a
 * message while the release goes live. `npm run diff` after `npm run synth -- -c stage=<stage>`.
 */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { changesBetween } from './diff/replacements.ts';
import { deployedAs, regionsIn, synthesizedIn } from './diff/templates.ts';
import { whyNotDeployable } from './releases/compare-releases.ts';

const folder = process.argv[2] ?? 'cdk.out';
const regions = regionsIn(folder);

for (const [name, next] of synthesizedIn(folder)) {
  const client = new CloudFormationClient({ region: regions.get(name) ?? 'ap-south-1' });
  const deployed = await deployedAs(name, client);
  const changes = changesBetween(deployed, next);
  console.log(`\n### ${name}: ${changes.length === 0 ? 'nothing changes' : ''}\n`);
  for (const { logicalId, type, impact, isGrave } of changes) {
    console.log(`- ${isGrave ? '**' : ''}${impact}${isGrave ? '**' : ''} ${type} ${logicalId}`);
    if (isGrave) {
      console.error(
        `::warning title=Data could be lost::${name}: ${type} ${logicalId} ${impact}. Its data does not move by itself.`,
      );
    }
  }
  for (const each of whyNotDeployable(deployed, next)) {
    console.log(`- **cannot follow what is deployed** ${each}`);
    console.error(`::error title=A message would not be understood::${name}: ${each}`);
    process.exitCode = 1;
  }
}
