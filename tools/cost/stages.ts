import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import type { Stage } from '../../lib/parts/stage.ts';
import { stageNamed } from '../../lib/parts/stages.ts';
import { synthesizeWeelo } from '../../lib/weelo-app.ts';
import { Resource, type Resources } from './template-prices.ts';

/** The stages whose cost is shown. */
export const stageNames = ['dev', 'staging', 'prod'] as const;
export type StageName = (typeof stageNames)[number];

const Template = z.object({ Resources: z.record(z.string(), Resource) });

/** Stages with alarms are refused if nobody gets them. */
const somebody = { WEELO_ALARMS_TO: 'operators@example.com' };

export function resourcesOf(name: StageName): Resources {
  return resourcesIn(stageNamed(name, {}, somebody));
}

/** The resources of all stacks of a stage, without bundling anything. */
export function resourcesIn(stage: Stage): Resources {
  const outdir = mkdtempSync(join(tmpdir(), 'weelo-cost-'));
  try {
    const { stacks } = synthesizeWeelo({ stage, outdir, bundle: false });
    return Object.fromEntries(
      stacks.flatMap(({ stackName, template }) =>
        Object.entries(Template.parse(template).Resources).map(([id, resource]) => [
          `${stackName}/${id}`,
          resource,
        ]),
      ),
    );
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

const Lambda = z.object({ FunctionName: z.string(), MemorySize: z.number() });

/** Each function's memory in GB, by its name in the contract. */
export function memoriesOf(resources: Resources): Readonly<Record<string, number>> {
  const found = Object.values(resources)
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Properties }) => Lambda.safeParse(Properties))
    .flatMap(({ data }) => data ?? []);
  return Object.fromEntries(
    found.map(({ FunctionName, MemorySize }) => [
      FunctionName.replace(/^weelo-[^-]+-/, ''),
      MemorySize / 1024,
    ]),
  );
}

const Throttled = z.object({
  DefaultRouteSettings: z.object({ ThrottlingRateLimit: z.number() }),
});

/** How many requests in a second a stage lets through. */
export function requestLimitOf(resources: Resources): number {
  const limits = Object.values(resources)
    .filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Stage')
    .map(({ Properties }) => Throttled.safeParse(Properties).data?.DefaultRouteSettings)
    .map((settings) => settings?.ThrottlingRateLimit ?? 0);
  return Math.max(...limits);
}
