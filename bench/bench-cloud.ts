import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stageNamed } from '../lib/stages.ts';
import { synthesizeWeelo } from '../lib/weelo-app.ts';
import { startCloud } from '../local/cloud.ts';
import type { FunctionName } from '../src/contract/functions.ts';
import { tokenSignedBy } from '../test/support/cloud-token.ts';
import type { Process } from './cold-start/first-call.ts';

export interface BenchCloud {
  /** A function's bundle and the variables of its environments. */
  readonly processOf: (name: FunctionName) => Process;
  /** Signed by this cloud's own key. */
  readonly accessToken: () => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** Weelo's template on this machine, with its engines, for as long as a benchmark runs. */
export async function startBenchCloud(say: (progress: string) => void): Promise<BenchCloud> {
  const assembly = await mkdtemp(join(tmpdir(), 'weelo-bench-'));
  say('bundling the functions');
  synthesizeWeelo({ stage: stageNamed('local'), outdir: assembly });
  say('starting the engines');
  const cloud = await startCloud({ assembly });
  const nameOf = (name: FunctionName) => `weelo-local-${name}`;
  return {
    processOf: (name) => {
      const { settings, variables } = cloud.processOf(nameOf(name));
      const [path = '', exported = ''] = settings.handler.split('.');
      return { file: join(settings.taskRoot, `${path}.js`), exported, variables };
    },
    accessToken: () => tokenSignedBy(cloud.processOf(nameOf('auth')).variables),
    stop: async () => {
      await cloud.stop();
      await rm(assembly, { recursive: true });
    },
  };
}
