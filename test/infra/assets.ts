import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import type { FunctionName } from '../../src/contract/functions.ts';
import { stageNamed } from '../../lib/parts/stages.ts';
import { synthesizeWeelo } from '../../lib/weelo-app.ts';
import { type Resource, Synthesized } from './synth.ts';

/** The one that Lambda runs, whatever runs the tests. */
export const node = resolve('node_modules/.bin/node');

export interface RunProps {
  /** JavaScript that finds the function at `./functions/<name>.js`. */
  readonly script: string;
  /** What the script finds from `process.argv[1]` on. Default: nothing. */
  readonly given?: readonly string[];
  /** All of its environment, but for where layers are. */
  readonly env: Readonly<Record<string, string>>;
  /** Folders of unpacked layers. */
  readonly layers: readonly string[];
}

interface Outcome {
  readonly said: string;
  readonly complained: string;
}

const S3Code = z.object({ S3Key: z.string() });

/**
 * What stage dev deploys, bundles included, in a folder beside no package.json and no node_modules, as
 * in Lambda.
 */
export class Assets {
  readonly folder = mkdtempSync(join(tmpdir(), 'weelo-assets-'));
  readonly outdir = join(this.folder, 'cdk.out');
  readonly dev = new Synthesized(
    synthesizeWeelo({ stage: stageNamed('dev'), outdir: this.outdir }),
  );
  /** The data layer, unpacked. */
  readonly layer = this.unpack(this.dev.one('AWS::Lambda::LayerVersion', 'DataLayer'), 'layer');

  /** The folder that becomes the zip of a function or a layer. */
  of({ Properties }: Resource): string {
    const { S3Key } = S3Code.parse(Properties['Code'] ?? Properties['Content']);
    return join(this.outdir, `asset.${S3Key.replace('.zip', '')}`);
  }

  /** Runs a script in a process and a folder with nothing in it but the function's asset. */
  run(name: FunctionName, { script, given = [], env, layers }: RunProps): Promise<Outcome> {
    const cwd = this.unpack(this.dev.functionNamed(name), name);
    const NODE_PATH = layers.map((each) => join(each, 'nodejs/node_modules')).join(':');
    const options = { cwd, env: { ...env, NODE_PATH } };
    return new Promise((done) => {
      execFile(node, ['--eval', script, ...given], options, (_, stdout, stderr) =>
        done({ said: stdout.trim(), complained: stderr }),
      );
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  private unpack(resource: Resource, name: string): string {
    const folder = mkdtempSync(join(this.folder, `${name}-`));
    cpSync(this.of(resource), folder, { recursive: true });
    return folder;
  }
}
