import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as z from 'zod';

const State = z.object({
  physicalId: z.string(),
  properties: z.record(z.string(), z.unknown()),
  data: z.record(z.string(), z.unknown()),
});

export type ResourceState = z.output<typeof State>;

/** What became of each custom resource at earlier starts, as CloudFormation remembers its stacks'. */
export class ResourceStates {
  private readonly file: string | undefined;
  private readonly states: Map<string, ResourceState>;

  constructor(file: string | undefined) {
    this.file = file;
    this.states = new Map(Object.entries(read(file)));
  }

  of(path: string): ResourceState | undefined {
    return this.states.get(path);
  }

  set(path: string, state: ResourceState): void {
    this.states.set(path, state);
    if (this.file === undefined) return;
    const text = JSON.stringify(Object.fromEntries(this.states), null, 2);
    writeFileSync(`${this.file}.new`, text, { mode: 0o600 });
    renameSync(`${this.file}.new`, this.file);
  }
}

function read(file: string | undefined): Readonly<Record<string, ResourceState>> {
  if (file === undefined) return {};
  try {
    return z.record(z.string(), State).parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw new Error(`${file} is damaged: start with --reset.`, { cause: error });
  }
}
