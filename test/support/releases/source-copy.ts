import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { nodeBinary } from 'local-cloud';
import { Rebuilder } from '../../../local/start/rebuilder.ts';
import type { FunctionName } from '../../../src/contract/functions.ts';

const run = promisify(execFile);
const folders = ['functions', 'layers', 'lib', 'local', 'src'];
const files = ['package.json', 'tsconfig.json'];

/** What is replaced in a file of the repository. The text must be there, once. */
export interface Patch {
  readonly file: string;
  readonly replace: string;
  readonly by: string;
}

/** The repository's code in a folder of its own, as somebody changes it for the next release. */
export class SourceCopy {
  private readonly folder = mkdtempSync(join(tmpdir(), 'weelo-sources-'));
  private readonly rebuilder: Rebuilder;

  constructor() {
    for (const each of [...folders, ...files]) {
      cpSync(resolve(each), join(this.folder, each), { recursive: true });
    }
    symlinkSync(resolve('node_modules'), join(this.folder, 'node_modules'));
    this.rebuilder = new Rebuilder(join(this.folder, 'local/start/rebuild.ts'));
  }

  patch(patches: readonly Patch[]): void {
    for (const { file, replace, by } of patches) {
      const path = join(this.folder, file);
      const parts = readFileSync(path, 'utf8').split(replace);
      if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times: ${replace}`);
      writeFileSync(path, parts.join(by));
    }
  }

  /** Bundles a function into the asset's folder. */
  async bundle(name: FunctionName, folder: string): Promise<void> {
    mkdirSync(folder, { recursive: true });
    const problem = await this.rebuilder.rebuild(`functions/${name}`, folder);
    if (problem !== undefined) throw new Error(problem);
  }

  /** What the release of this code says in its template about its messages. */
  async messages(): Promise<unknown> {
    const schemas = join(this.folder, 'src/contract/documents/queue-schemas.ts');
    const script = `import { queueSchemas } from ${JSON.stringify(schemas)};
      process.stdout.write(JSON.stringify(queueSchemas()));`;
    const args = ['--input-type=module', '--eval', script];
    const { stdout } = await run(nodeBinary(), args, { maxBuffer: 64 * 1024 ** 2 });
    return JSON.parse(stdout);
  }

  remove(): void {
    this.rebuilder.stop();
    rmSync(this.folder, { recursive: true });
  }
}
