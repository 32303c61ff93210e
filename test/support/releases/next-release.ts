import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { type FunctionName, functions } from '../../../src/contract/functions.ts';
import type { CloudFormationTemplate } from '../../../tools/diff/templates.ts';
import { synthesizedIn } from '../../../tools/diff/templates.ts';

const service = 'weelo-local-service';
const Coded = z.looseObject({
  Properties: z.looseObject({ Code: z.looseObject({ S3Key: z.string() }) }),
});

export interface NextRelease {
  readonly name: string;
  /** Writes the new code of each of these into the folder of its asset, where the old code lies already. */
  readonly code: Partial<Record<FunctionName, (folder: string) => unknown>>;
  /** SQL that the release runs before it goes live. */
  readonly migration: { readonly name: string; readonly sql: string };
  /** Default: as in the release before. */
  readonly messages?: unknown;
}

/**
 * The assembly of a next release, beside that of the one before: what did not change is the same, and what did has another
 * asset and another version, as when the CDK synthesizes it. Bundling everything anew would take long.
 */
export async function nextRelease(before: string, next: NextRelease): Promise<string> {
  const folder = `${before}-${next.name}`;
  await cp(before, folder, { recursive: true });
  let text = readFileSync(join(folder, `${service}.template.json`), 'utf8');
  let assets = readFileSync(join(folder, `${service}.assets.json`), 'utf8');
  const addMigration = (asset: string) => {
    const made = join(asset, 'prisma/migrations', next.migration.name);
    mkdirSync(made, { recursive: true });
    writeFileSync(join(made, 'migration.sql'), next.migration.sql);
  };
  for (const [name, write] of [...Object.entries(next.code), ['migrate', addMigration] as const]) {
    const hash = assetOf(folder, name);
    const renamed = `${hash.slice(0, 40)}${Buffer.from(next.name).toString('hex')}`;
    await cp(join(folder, `asset.${hash}`), join(folder, `asset.${renamed}`), { recursive: true });
    await write(join(folder, `asset.${renamed}`));
    text = text.replaceAll(hash, renamed);
    assets = assets.replaceAll(hash, renamed);
    const version = new RegExp(
      `(Functions${name.replaceAll('-', '')}FunctionCurrentVersion[0-9A-F]{8})\\w+`,
      'g',
    );
    text = text.replaceAll(version, `$1${next.name}`);
  }
  text = text.replaceAll(/("release": ")\w+"/g, `$1${next.name}"`);
  writeFileSync(join(folder, `${service}.template.json`), text);
  writeFileSync(join(folder, `${service}.assets.json`), assets);
  if (next.messages !== undefined) writeMessages(folder, next.messages);
  return folder;
}

/** The template of the functions, as a deployment compares it with what is deployed. */
export function serviceTemplateIn(folder: string): CloudFormationTemplate {
  const found = synthesizedIn(folder).get(service);
  if (found) return found;
  throw new Error(`${folder} has no ${service}`);
}

function assetOf(folder: string, name: string): string {
  const handler = `functions/${name}.handler`;
  const coded = Object.values(serviceTemplateIn(folder).Resources ?? {}).find(
    (each) =>
      z.looseObject({ Properties: z.looseObject({ Handler: z.literal(handler) }) }).safeParse(each)
        .success,
  );
  if (!coded || !(name in functions)) throw new Error(`${folder} has no function ${name}`);
  return Coded.parse(coded).Properties.Code.S3Key.replace('.zip', '');
}

function writeMessages(folder: string, messages: unknown): void {
  const { Metadata, ...rest } = serviceTemplateIn(folder);
  const file = join(folder, `${service}.template.json`);
  writeFileSync(
    file,
    JSON.stringify({ ...rest, Metadata: { ...Metadata, WeeloMessages: messages } }, null, 1),
  );
}
