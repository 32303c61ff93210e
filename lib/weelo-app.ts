import { App } from 'aws-cdk-lib';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import cdkJson from '../cdk.json' with { type: 'json' };
import { DataStack } from './data/data-stack.ts';
import { EdgeStack } from './edge/edge-stack.ts';
import { edgeRegion } from './parts/edge.ts';
import type { Stage } from './parts/stage.ts';
import { requireRightSettings } from './parts/stage-rules.ts';
import { ServiceStack } from './service/service-stack.ts';

interface Weelo {
  readonly data: DataStack;
  readonly service: ServiceStack;
  /** `undefined`: the stage has none. */
  readonly edge: EdgeStack | undefined;
}

/**
 * The stacks of one stage. They name a region but no account, so synthesis needs no credentials. The credentials that
 * deploy the stacks decide the account. If the stage's settings are wrong, the error says what to set.
 */
export function makeWeelo(app: App, stage: Stage): Weelo {
  requireRightSettings(stage);
  const env = { region: stage.region };
  const tags = { service: 'weelo', stage: stage.name };
  const data = new DataStack(app, `weelo-${stage.name}-data`, { env, tags, stage });
  const service = new ServiceStack(app, `weelo-${stage.name}-service`, { env, tags, stage, data });
  return { data, service, edge: edgeOf(app, stage, service, tags) };
}

function edgeOf(
  app: App,
  stage: Stage,
  { hosts }: ServiceStack,
  tags: Readonly<Record<string, string>>,
): EdgeStack | undefined {
  const { name, edge } = stage;
  if (!edge) return undefined;
  const env = { region: edgeRegion };
  return new EdgeStack(app, `weelo-${name}-edge`, { env, tags, stage, edge, hosts });
}

export interface SynthesisProps {
  readonly stage: Stage;
  /** Where templates and assets are written. Default: a new folder in the system's temporary folder. */
  readonly outdir?: string;
  /** Whether the functions and the layer are bundled. Default: true. Synthesis is fast without bundling. */
  readonly bundle?: boolean;
}

/** An app with the same metadata and flags of cdk.json as the CDK's command line uses. */
export function weeloApp({ outdir, bundle = true }: Omit<SynthesisProps, 'stage'> = {}): App {
  const context = {
    'aws:cdk:enable-path-metadata': true,
    'aws:cdk:enable-asset-metadata': true,
    ...cdkJson.context,
  };
  const unbundled = { 'aws:cdk:bundling-stacks': [] };
  return new App({
    analyticsReporting: false,
    context: bundle ? context : { ...context, ...unbundled },
    ...(outdir === undefined ? {} : { outdir }),
  });
}

/** Synthesizes one stage in this process. */
export function synthesizeWeelo({ stage, ...options }: SynthesisProps): CloudAssembly {
  const app = weeloApp(options);
  makeWeelo(app, stage);
  return app.synth();
}
