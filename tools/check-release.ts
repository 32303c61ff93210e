/**
 * Says whether what `cdk synth` has written can follow what is deployed: `node tools/check-release.ts <folder>`. The
 * consumers of both releases must understand what either sends (docs/decisions/0034-releases.md).
 */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { deployedAs, synthesizedIn } from './diff/templates.ts';
import { whyNotDeployable } from './releases/compare-releases.ts';

const client = new CloudFormationClient({ region: 'ap-south-1' });
let complaints = 0;

for (const [name, next] of synthesizedIn(process.argv[2] ?? 'cdk.out')) {
  for (const each of whyNotDeployable(await deployedAs(name, client), next)) {
    complaints += 1;
    console.error(`${name}: ${each}`);
  }
}
if (complaints > 0) {
  console.error(
    'Deploy a release first that knows the message as `learning` (src/contract/queues.ts).',
  );
  process.exitCode = 1;
}
