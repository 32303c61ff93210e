import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import type { Account } from '../protocol/played-service.ts';

const oneOrMany = z.union([z.string().transform((one) => [one]), z.array(z.string())]);

const ResourceShape = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DependsOn: oneOrMany.default([]),
  Condition: z.string().optional(),
  UpdatePolicy: z.unknown().optional(),
  Metadata: z.object({ 'aws:cdk:path': z.string().optional() }).optional(),
});

const TemplateShape = z.object({
  Resources: z.record(z.string(), ResourceShape).default({}),
  Outputs: z
    .record(
      z.string(),
      z.object({ Value: z.unknown(), Export: z.object({ Name: z.unknown() }).optional() }),
    )
    .default({}),
  Parameters: z.record(z.string(), z.object({ Default: z.unknown() })).default({}),
  Mappings: z
    .record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown())))
    .default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
});

const ManifestShape = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      environment: z.string().optional(),
      dependencies: z.array(z.string()).default([]),
      properties: z
        .object({ templateFile: z.string().optional(), stackName: z.string().optional() })
        .default({}),
    }),
  ),
});

const AssetsShape = z.object({
  files: z
    .record(
      z.string(),
      z.object({
        source: z.object({ path: z.string() }),
        destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
      }),
    )
    .default({}),
});

type Template = z.output<typeof TemplateShape>;
type Manifest = z.output<typeof ManifestShape>;

export interface Resource {
  readonly stack: Stack;
  readonly id: string;
  readonly type: string;
  /** As they stand in the template, with their intrinsics. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly dependsOn: readonly string[];
  readonly condition: string | undefined;
  /** How CloudFormation changes it when it is there already. */
  readonly updatePolicy: unknown;
  /** The construct's path, such as `shop-service/Reconciler/Schedule`; the id without one. */
  readonly path: string;
}

export interface Stack {
  readonly name: string;
  readonly resources: ReadonlyMap<string, Resource>;
  readonly template: Template;
}

export interface Assembly {
  readonly account: Account;
  /** Each after those that it depends on. */
  readonly stacks: readonly Stack[];
  /** Folders (or files) of assets by the key that templates know them by. */
  readonly assets: ReadonlyMap<string, string>;
}

/** An account of nobody's: the assembly names none. */
const ACCOUNT_ID = '000000000000';
const DEFAULT_REGION = 'us-east-1';

/** Reads what the CDK synthesized into a folder. */
export async function readAssembly(folder: string): Promise<Assembly> {
  const manifest = ManifestShape.parse(await readJson(join(folder, 'manifest.json')));
  const ids = stacksInOrder(manifest);
  const stacks = await Promise.all(ids.map((id) => readStack(folder, manifest, id)));
  return {
    account: { accountId: ACCOUNT_ID, region: regionOf(manifest, ids) },
    stacks,
    assets: await readAssets(folder, manifest),
  };
}

async function readStack(folder: string, manifest: Manifest, id: string): Promise<Stack> {
  const { templateFile, stackName } = manifest.artifacts[id]?.properties ?? {};
  if (templateFile === undefined)
    throw new Error(`The stack ${id} has no template: synthesize again.`);
  const template = TemplateShape.parse(await readJson(join(folder, templateFile)));
  const resources = new Map<string, Resource>();
  const stack: Stack = { name: stackName ?? id, resources, template };
  for (const [resourceId, shape] of Object.entries(template.Resources)) {
    const path = shape.Metadata?.['aws:cdk:path'] ?? resourceId;
    resources.set(resourceId, {
      stack,
      id: resourceId,
      type: shape.Type,
      properties: shape.Properties,
      dependsOn: shape.DependsOn,
      condition: shape.Condition,
      updatePolicy: shape.UpdatePolicy,
      path: path.replace(/\/(Resource|Default)$/, ''),
    });
  }
  return stack;
}

function stacksInOrder({ artifacts }: Manifest): readonly string[] {
  const order: string[] = [];
  const visit = (id: string): void => {
    const artifact = artifacts[id];
    if (artifact?.type !== 'aws:cloudformation:stack' || order.includes(id)) return;
    artifact.dependencies.forEach(visit);
    if (!order.includes(id)) order.push(id);
  };
  Object.keys(artifacts).forEach(visit);
  return order;
}

/** One machine is one region: that of the first stack which says one. */
function regionOf({ artifacts }: Manifest, ids: readonly string[]): string {
  const regions = ids.map((id) => artifacts[id]?.environment?.split('/').at(-1));
  return regions.find((each) => each !== undefined && each !== 'unknown-region') ?? DEFAULT_REGION;
}

async function readAssets(folder: string, { artifacts }: Manifest): Promise<Map<string, string>> {
  const assets = new Map<string, string>();
  for (const [id, artifact] of Object.entries(artifacts)) {
    if (artifact.type !== 'cdk:asset-manifest') continue;
    const { files } = AssetsShape.parse(await readJson(join(folder, `${id}.json`)));
    for (const { source, destinations } of Object.values(files)) {
      const place = resolve(folder, source.path);
      for (const { objectKey } of Object.values(destinations)) assets.set(objectKey, place);
    }
  }
  return assets;
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8'));
}
