import { App } from 'aws-cdk-lib';
import * as z from 'zod';
import { stageNamed } from '../lib/parts/stages.ts';
import { makeWeelo } from '../lib/weelo-app.ts';

const app = new App();
const given = (name: string) => z.string().optional().parse(app.node.tryGetContext(name));
const choices = {
  like: given('like'),
  protection: given('protection'),
  gradualReleases: given('gradualReleases'),
  alarmsTo: given('alarmsTo'),
};

makeWeelo(app, stageNamed(given('stage') ?? 'dev', choices, process.env));
app.synth();
