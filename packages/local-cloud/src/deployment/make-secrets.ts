import { randomInt } from 'node:crypto';
import * as z from 'zod';
import type { SecretStore } from '../engines/secret-store.ts';
import type { Resource } from '../template/assembly.ts';
import type { CloudValues } from '../template/cloud-values.ts';

const Generate = z.object({
  SecretStringTemplate: z.string().optional(),
  GenerateStringKey: z.string().optional(),
  PasswordLength: z.coerce.number().int().min(1).max(4096).default(32),
  ExcludeCharacters: z.string().default(''),
  ExcludeLowercase: z.boolean().default(false),
  ExcludeUppercase: z.boolean().default(false),
  ExcludeNumbers: z.boolean().default(false),
  ExcludePunctuation: z.boolean().default(false),
  IncludeSpace: z.boolean().default(false),
  RequireEachIncludedType: z.boolean().default(true),
});
type Generate = z.output<typeof Generate>;

const Secret = z.object({
  SecretString: z.string().optional(),
  GenerateSecretString: Generate.optional(),
});

const Attachment = z.object({ SecretId: z.string() });
const Members = z.record(z.string(), z.unknown());

/** Makes a secret that is not there yet, with the value that the template says, or one made up. */
export function makeSecret(resource: Resource, values: CloudValues, store: SecretStore): void {
  const { SecretString, GenerateSecretString } = Secret.parse(values.properties(resource));
  const arn = values.refOf(resource);
  // An ARN ends with the name, a hyphen and six characters.
  const name = arn.replace(/^.*:secret:/, '').slice(0, -7);
  store.ensure(arn, name, () =>
    GenerateSecretString ? generate(GenerateSecretString) : SecretString,
  );
}

/** Tells a database's secret where that database is, as Secrets Manager does for one attached to it. */
export function attachSecret(
  resource: Resource,
  values: CloudValues,
  store: SecretStore,
  connection: Readonly<Record<string, string | number>>,
): void {
  const { SecretId } = Attachment.parse(values.properties(resource));
  const text = store.textOf(SecretId);
  if (text === undefined) return;
  const told = JSON.stringify({ ...Members.parse(JSON.parse(text)), ...connection });
  if (told !== text) store.put(SecretId, { text: told });
}

function generate(wish: Generate): string {
  const { SecretStringTemplate, GenerateStringKey } = wish;
  const password = makePassword(wish);
  if (SecretStringTemplate === undefined || GenerateStringKey === undefined) return password;
  const members = Members.parse(JSON.parse(SecretStringTemplate));
  return JSON.stringify({ ...members, [GenerateStringKey]: password });
}

function makePassword(wish: Generate): string {
  const kinds = [
    wish.ExcludeLowercase ? '' : 'abcdefghijklmnopqrstuvwxyz',
    wish.ExcludeUppercase ? '' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    wish.ExcludeNumbers ? '' : '0123456789',
    wish.ExcludePunctuation ? '' : '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
    wish.IncludeSpace ? ' ' : '',
  ]
    .map((kind) => kind.split('').filter((each) => !wish.ExcludeCharacters.includes(each)))
    .filter((kind) => kind.length > 0);
  const all = kinds.flat();
  const needed = wish.RequireEachIncludedType ? kinds.slice(0, wish.PasswordLength) : [];
  const rest = Array.from({ length: wish.PasswordLength - needed.length }, () => all);
  return shuffled([...needed, ...rest].map((kind) => kind[randomInt(kind.length)] ?? '')).join('');
}

function shuffled(characters: readonly string[]): readonly string[] {
  return characters
    .map((each) => ({ each, at: randomInt(2 ** 32) }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ each }) => each);
}
