import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as z from 'zod';

const Version = z.object({
  id: z.string(),
  stages: z.array(z.string()),
  text: z.string().optional(),
  /** Base64. */
  binary: z.string().optional(),
  createdAt: z.number(),
});

const Secret = z.object({ arn: z.string(), name: z.string(), versions: z.array(Version) });

export type StoredSecret = z.output<typeof Secret>;
type SecretVersion = z.output<typeof Version>;

export interface NewValue {
  readonly text?: string | undefined;
  readonly binary?: string | undefined;
  readonly token?: string | undefined;
}

/** The secrets' values, in a file that only its owner reads, or in memory. */
export class SecretStore {
  private readonly file: string | undefined;
  private readonly secrets: Map<string, StoredSecret>;

  constructor(file: string | undefined) {
    this.file = file;
    this.secrets = new Map(read(file).map((secret) => [secret.arn, secret]));
  }

  /** By ARN or name. */
  find(id: string): StoredSecret | undefined {
    return this.secrets.get(id) ?? [...this.secrets.values()].find(({ name }) => name === id);
  }

  textOf(id: string): string | undefined {
    const versions = this.find(id)?.versions ?? [];
    return versions.find(({ stages }) => stages.includes('AWSCURRENT'))?.text;
  }

  /** Makes a secret that the template has, unless it is there from an earlier start. */
  ensure(arn: string, name: string, firstValue: () => string | undefined): void {
    if (this.secrets.has(arn)) return;
    this.secrets.set(arn, { arn, name, versions: [] });
    const text = firstValue();
    if (text === undefined) this.save();
    else this.put(arn, { text });
  }

  /** The new version becomes the current one, and the current one the previous. */
  put(arn: string, { text, binary, token }: NewValue): SecretVersion {
    const secret = this.secrets.get(arn);
    if (!secret) throw new Error(`There is no secret ${arn}.`);
    const repeated = secret.versions.find(({ id }) => id === token);
    if (repeated) return repeated;
    const version: SecretVersion = {
      id: token ?? randomUUID(),
      stages: ['AWSCURRENT'],
      ...(text !== undefined && { text }),
      ...(binary !== undefined && { binary }),
      createdAt: Date.now(),
    };
    const current = secret.versions.find(({ stages }) => stages.includes('AWSCURRENT'));
    const previous = current ? [{ ...current, stages: ['AWSPREVIOUS'] }] : [];
    this.secrets.set(arn, { ...secret, versions: [version, ...previous] });
    this.save();
    return version;
  }

  private save(): void {
    if (this.file === undefined) return;
    const text = JSON.stringify([...this.secrets.values()], null, 2);
    writeFileSync(`${this.file}.new`, text, { mode: 0o600 });
    renameSync(`${this.file}.new`, this.file);
  }
}

function read(file: string | undefined): readonly StoredSecret[] {
  if (file === undefined) return [];
  try {
    return z.array(Secret).parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new Error(`${file} is damaged: start with --reset.`, { cause: error });
  }
}
