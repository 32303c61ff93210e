import { App } from 'aws-cdk-lib';
import * as z from 'zod';
import { stageNamed } from '../lib/stages.ts';
import { makeWeelo } from '../lib/weelo-app.ts';

const app = new App();
const stage = z.string().default('dev').parse(app.node.tryGetContext('stage'));

makeWeelo(app, stageNamed(stage));
app.synth();
