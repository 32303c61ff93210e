import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { stageNamed } from '../../lib/parts/stages.ts';
import { synthesizeWeelo } from '../../lib/weelo-app.ts';

const Alarm = z.object({
  Type: z.literal('AWS::CloudWatch::Alarm'),
  Properties: z.object({ AlarmDescription: z.string() }),
  Metadata: z.object({ 'aws:cdk:path': z.string() }),
});

const Template = z.object({ Resources: z.record(z.string(), z.unknown()) });

interface DescribedAlarm {
  readonly name: string;
  readonly description: string;
  /** From the root of the repository. */
  readonly runbook: string;
}

/** The alarms of production, as its template has them. */
export function alarms(): readonly DescribedAlarm[] {
  const outdir = mkdtempSync(join(tmpdir(), 'weelo-docs-'));
  try {
    const stage = stageNamed('prod', { alarmsTo: 'operators@example.com' });
    const { stacks } = synthesizeWeelo({ stage, outdir, bundle: false });
    return stacks
      .flatMap(({ template }) => Object.values(Template.parse(template).Resources))
      .flatMap((resource) => {
        const { success, data } = Alarm.safeParse(resource);
        if (!success) return [];
        const name = data.Metadata['aws:cdk:path'].split('/').at(-2) ?? '';
        const [description = '', runbook = ''] =
          data.Properties.AlarmDescription.split(' Runbook: ');
        return [{ name, description, runbook }];
      });
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
