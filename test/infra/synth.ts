import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import * as z from 'zod';
import { CloudValues, readAssembly } from 'local-cloud';
import { functionNames, type FunctionName } from '../../src/contract/functions.ts';
import type { Stage } from '../../lib/parts/stage.ts';
import { type StageChoices, stageNamed } from '../../lib/parts/stages.ts';
import { synthesizeWeelo } from '../../lib/weelo-app.ts';

const Resource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DependsOn: z.array(z.string()).default([]),
  DeletionPolicy: z.string().optional(),
  Metadata: z.object({ 'aws:cdk:path': z.string() }).optional(),
});

export type Resource = z.output<typeof Resource>;

const Template = z.object({
  Resources: z.record(z.string(), Resource),
  Outputs: z.record(z.string(), z.object({ Value: z.unknown() })).default({}),
});

/** Both stacks of a stage as one: what crosses from one to the other is looked through. */
export class Synthesized {
  readonly resources: ReadonlyMap<string, Resource>;
  /** What a deployment prints, and what one stack reads of another, by name. */
  readonly outputs: ReadonlyMap<string, unknown>;
  /** The templates as they are sent to CloudFormation. */
  readonly json: string;
  /** The oldest bootstrap stack that they can be deployed with. */
  readonly bootstrapVersion: number;

  constructor(assembly: CloudAssembly) {
    const templates = assembly.stacks.map((each) => Template.parse(each.template));
    this.resources = new Map(templates.flatMap((each) => Object.entries(each.Resources)));
    const outputs = templates.flatMap((each) => Object.entries(each.Outputs));
    this.outputs = new Map(outputs.map(([name, { Value }]) => [name, Value]));
    this.json = JSON.stringify(assembly.stacks.map(({ template }): unknown => template));
    const versions = assembly.stacks.map((each) => each.requiresBootstrapStackVersion ?? 0);
    this.bootstrapVersion = Math.max(...versions);
  }

  ofType(type: string): readonly Resource[] {
    return [...this.resources.values()].filter((each) => each.Type === type);
  }

  /** The only resource of a type whose path starts so. */
  one(type: string, path: string): Resource {
    const found = this.ofType(type).filter((each) => pathOf(each).startsWith(path));
    const [only] = found;
    if (only && found.length === 1) return only;
    throw new Error(`${found.length} resources ${type} at ${path}, not one`);
  }

  /** A function of ours, by its name in the contract. */
  functionNamed(name: FunctionName): Resource {
    return this.one('AWS::Lambda::Function', `Functions/${name}/`);
  }

  /** A value as a person would write it: references become the paths of what they refer to. */
  say(value: unknown): string {
    const parsed = Intrinsic.safeParse(value);
    if (!parsed.success) return typeof value === 'string' ? value : JSON.stringify(value);
    const intrinsic = parsed.data;
    if ('Fn::GetStackOutput' in intrinsic) {
      return this.say(this.outputs.get(intrinsic['Fn::GetStackOutput'].OutputName));
    }
    if ('Fn::Join' in intrinsic) {
      return intrinsic['Fn::Join'][1].map((each) => this.say(each)).join('');
    }
    if ('Ref' in intrinsic) return `<${this.pathOfId(intrinsic.Ref)}>`;
    const [id, attribute] = intrinsic['Fn::GetAtt'];
    return attribute === 'Arn' || attribute === 'GroupId'
      ? `<${this.pathOfId(id)}>`
      : `<${this.pathOfId(id)}.${attribute}>`;
  }

  pathOfId(id: string): string {
    const resource = this.resources.get(id);
    return resource ? pathOf(resource) : id;
  }
}

const Intrinsic = z.union([
  z.strictObject({ Ref: z.string() }),
  z.strictObject({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) }),
  z.strictObject({ 'Fn::GetStackOutput': z.object({ OutputName: z.string() }) }),
  z.strictObject({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) }),
]);

/** The construct's path without the stack's name and the CDK's `Resource` at its end. */
export function pathOf({ Metadata }: Resource): string {
  const path = Metadata?.['aws:cdk:path'] ?? '';
  return path
    .split('/')
    .slice(1)
    .join('/')
    .replace(/\/Resource$/, '');
}

const someone = { WEELO_ALARMS_TO: 'operators@example.com' };

/** A stage of ours, with somebody who gets its alarms. */
export function stageWithAddress(name: string, choices: StageChoices = {}): Stage {
  return stageNamed(name, choices, someone);
}

const kept = new Map<string, Synthesized>();

/** A stage's templates, without bundles; made once per test file. */
export function synthesized(name: string): Synthesized {
  return synthesizedAs(stageWithAddress(name));
}

/** The same for a stage that is not one of ours. Two of one name must be one. */
export function synthesizedAs(stage: Stage): Synthesized {
  const known = kept.get(stage.name);
  if (known) return known;
  const made = inScratch(
    (outdir) => new Synthesized(synthesizeWeelo({ stage, outdir, bundle: false })),
  );
  kept.set(stage.name, made);
  return made;
}

/** A stage's templates with the values that they would have on this machine. */
export async function cloudValues(stage: string): Promise<CloudValues> {
  const folder = mkdtempSync(join(tmpdir(), 'weelo-synth-'));
  try {
    synthesizeWeelo({ stage: stageWithAddress(stage), outdir: folder, bundle: false });
    const nowhere = { host: '127.0.0.1', port: 0 };
    return new CloudValues({
      assembly: await readAssembly(folder),
      addresses: { postgres: nowhere, redis: nowhere, aws: 'http://127.0.0.1' },
      readSecret: () => undefined,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The CDK puts assets somewhere as soon as constructs are made, and never cleans up. */
export function inScratch<T>(use: (outdir: string) => T): T {
  const outdir = mkdtempSync(join(tmpdir(), 'weelo-synth-'));
  try {
    return use(outdir);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

export const everyFunction = functionNames.map((name) => [name] as const);
