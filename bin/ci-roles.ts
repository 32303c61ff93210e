import { App } from 'aws-cdk-lib';
import * as z from 'zod';
import { CiRolesStack } from '../lib/ci/ci-roles-stack.ts';
import { repositoryNamed } from '../lib/ci/repository.ts';

/** The app of the workflows' roles, which an operator deploys once (docs/runbooks/set-up-deployment.md). */
const app = new App();
const region = 'ap-south-1';
const given = (name: string) => z.string().optional().parse(app.node.tryGetContext(name));

new CiRolesStack(app, 'weelo-ci-roles', {
  env: { region },
  tags: { service: 'weelo' },
  repository: repositoryNamed(given('repository')),
  environments: ['staging', 'prod'],
  // The edge lies in us-east-1.
  regions: [region, 'us-east-1'],
  provider: z.enum(['new', 'existing']).default('new').parse(given('provider')),
});
app.synth();
