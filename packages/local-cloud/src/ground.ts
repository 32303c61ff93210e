import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Engines, startEngines } from './deployment/engines.ts';
import { makeRuntimeFolder, type RuntimeFolder } from './lambda/runtime-folder.ts';
import { hireUndertaker, type Undertaker } from './lambda/undertaker.ts';
import type { CloudOptions } from './options.ts';
import { type AwsEndpoint, startAwsEndpoint } from './services/endpoint.ts';
import type { Stoppers } from './start/stoppers.ts';
import { type Assembly, readAssembly } from './template/assembly.ts';

/** What stands before the first resource is made. */
export interface Ground {
  readonly assembly: Assembly;
  readonly engines: Engines;
  readonly endpoint: AwsEndpoint;
  readonly runtime: RuntimeFolder;
  readonly undertaker: Undertaker;
}

/** Reads the templates, and starts the engines that they need. */
export async function layGround(options: CloudOptions, stoppers: Stoppers): Promise<Ground> {
  const scratch = await mkdtemp(join(tmpdir(), 'local-cloud-'));
  const undertaker = hireUndertaker(scratch);
  stoppers.add(undertaker.stop);
  const assembly = await readAssembly(options.assembly);
  const engines = startEngines(assembly, options.dataFolder);
  const [runtime, endpoint] = await Promise.all([makeRuntimeFolder(scratch), startAwsEndpoint()]);
  stoppers.add(endpoint.stop);
  const started = await engines;
  stoppers.add(started.stop);
  return { assembly, engines: started, endpoint, runtime, undertaker };
}
