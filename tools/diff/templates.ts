import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import * as z from 'zod';

const Template = z.looseObject({
  Resources: z.record(z.string(), z.looseObject({})).optional(),
  Metadata: z.record(z.string(), z.unknown()).optional(),
});
export type CloudFormationTemplate = z.output<typeof Template>;

const Manifest = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      /** Such as `aws://unknown-account/us-east-1`. */
      environment: z.string().optional(),
      properties: z.looseObject({ templateFile: z.string().optional() }).optional(),
    }),
  ),
});

/** The stacks in a folder that `cdk synth` has written, by their names. */
export function synthesizedIn(folder: string): ReadonlyMap<string, CloudFormationTemplate> {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const { artifacts } = Manifest.parse(read('manifest.json'));
  return new Map(
    Object.entries(artifacts).flatMap(([name, { type, properties }]) => {
      const file = properties?.templateFile;
      if (type !== 'aws:cloudformation:stack' || file === undefined) return [];
      return [[name, Template.parse(read(file))]] as const;
    }),
  );
}

/** The region of each stack in such a folder: the edge lies in another one than the rest. */
export function regionsIn(folder: string): ReadonlyMap<string, string> {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  return new Map(
    Object.entries(Manifest.parse(manifest).artifacts).flatMap(([name, { environment }]) => {
      const region = environment?.split('/').at(-1);
      return region === undefined ? [] : [[name, region] as const];
    }),
  );
}

/** What is deployed under a stack's name. Nothing is deployed yet: a template without resources. */
export async function deployedAs(
  name: string,
  client: CloudFormationClient,
): Promise<CloudFormationTemplate> {
  try {
    const { TemplateBody } = await client.send(
      new GetTemplateCommand({ StackName: name, TemplateStage: 'Original' }),
    );
    return Template.parse(JSON.parse(TemplateBody ?? '{}'));
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message)) return {};
    throw error;
  }
}
