import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { describe, expect, test } from 'vitest';
import { synthesizeWeelo } from '../../lib/weelo-app.ts';
import { inScratch, pathOf, stageWithAddress, Synthesized } from './synth.ts';

const ofStage = (...choice: Parameters<typeof stageWithAddress>) =>
  inScratch((outdir) =>
    seen(synthesizeWeelo({ stage: stageWithAddress(...choice), outdir, bundle: false })),
  );

/** What refuses to go, and what a synthesis says of it. */
function seen(assembly: CloudAssembly) {
  const templates = new Synthesized(assembly);
  const [cluster] = templates.ofType('AWS::RDS::DBCluster');
  // The codes of test numbers live for minutes: their table is the service's, and may go.
  const tables = templates
    .ofType('AWS::DynamoDB::Table')
    .filter((each) => !pathOf(each).startsWith('TestCodes/'));
  return {
    stacks: assembly.stacks.map((each) => each.terminationProtection ?? false),
    cluster: cluster?.Properties['DeletionProtection'],
    tables: [...new Set(tables.map((each) => each.Properties['DeletionProtectionEnabled']))],
    warnings: assembly.stacks.flatMap((each) =>
      each.messages
        .filter(({ level }) => level === 'warning')
        .map(({ entry }) => JSON.stringify(entry.data)),
    ),
  };
}

const open = { stacks: [false, false], cluster: false, tables: [false] };
const guarded = { stacks: [true, false], cluster: true, tables: [true] };
/** The edge holds nothing, and is never protected. */
const withEdge = <S extends typeof open>(seen: S) => ({ ...seen, stacks: [...seen.stacks, false] });

describe('protection from deletion', () => {
  test('is on in prod: the data stack, its database and its tables refuse to be deleted', () => {
    expect(ofStage('prod')).toEqual({ ...withEdge(guarded), warnings: [] });
  });

  test('is off in prod for a first deployment, and every synthesis says so', () => {
    const first = ofStage('prod', { protection: 'off' });
    expect(first).toEqual({
      ...withEdge(open),
      warnings: [expect.stringContaining('weelo-prod-data')],
    });
    expect(first.warnings[0]).toContain('docs/runbooks/first-deployment.md');
  });

  test('is off in dev, which can always be destroyed, so there is no warning', () => {
    expect(ofStage('dev')).toEqual({ ...open, warnings: [] });
    expect(ofStage('demo', { like: 'dev' })).toEqual({ ...open, warnings: [] });
  });

  test('is on in a stage like prod, and where it is asked for', () => {
    expect(ofStage('pilot', { like: 'prod' })).toEqual({ ...withEdge(guarded), warnings: [] });
    expect(ofStage('dev', { protection: 'on' })).toEqual({ ...guarded, warnings: [] });
  });
});
