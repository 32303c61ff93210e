import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { releaseOf } from '../../lib/service/deployment/release.ts';
import { type FunctionName, functionNames, variablesOf } from '../../src/contract/functions.ts';
import { synthesized } from './synth.ts';

const staging = synthesized('staging');

const awaits = (name: FunctionName) =>
  staging.functionNamed(name).DependsOn.map((id) => staging.pathOfId(id));

const migration = 'Migration/Done/Default';
const firstKeys = 'FirstKeys/Done/Default';

describe.each(['dev', 'staging', 'prod', 'local'])('the stacks of %s', (stage) => {
  const { json } = synthesized(stage);
  const found = (pattern: RegExp) => [...new Set(json.match(pattern))];

  test('do not keep each other from removing an output', () => {
    expect(found(/Fn::ImportValue|"Export"/g)).toEqual([]);
  });

  test('read the outputs of the data stack, and the edge those of the service stack', () => {
    const read = (stack: string) => `"Fn::GetStackOutput":{"StackName":"weelo-${stage}-${stack}"`;
    const ofService = stage === 'staging' || stage === 'prod' ? [read('service')] : [];
    expect(found(/"Fn::GetStackOutput":\{"StackName":"[^"]*"/g)).toEqual([
      read('data'),
      ...ofService,
    ]);
  });
});

describe('a deployment', () => {
  const others = functionNames.filter((name) => name !== 'migrate' && name !== 'keys');
  const onPostgres = others.filter((name) => variablesOf(name).includes('DATABASE_HOST'));
  const keys = ['PUBLIC_KEYS_SECRET_ARN', 'CODE_KEY_SECRET_ARN'] as const;
  const onKeys = others.filter((name) => keys.some((key) => variablesOf(name).includes(key)));

  test.each(onPostgres)('migrates before new code of %s is live', (name) => {
    expect(awaits(name)).toContain(migration);
  });

  test.each(onKeys)('has keys before %s is live', (name) => {
    expect(awaits(name)).toContain(firstKeys);
  });

  test('has ten functions on PostgreSQL, and eleven that need keys', () => {
    expect([onPostgres.length, onKeys.length]).toEqual([10, 11]);
  });

  test.each(['migrate', 'keys'] as const)('does not let %s wait for itself', (name) => {
    expect(awaits(name)).not.toContain(migration);
    expect(awaits(name)).not.toContain(firstKeys);
  });

  test('makes the proxy only when the role that it logs in as exists', () => {
    for (const type of ['AWS::RDS::DBProxy', 'AWS::RDS::DBProxyTargetGroup']) {
      const { DependsOn } = staging.one(type, 'DatabaseProxy/');
      expect(DependsOn.map((id) => staging.pathOfId(id))).toContain(migration);
    }
  });

  test('migrates with every release', () => {
    const [step] = staging.ofType('Custom::Weelo-migrate');
    expect(Object.keys(step?.Properties ?? {})).toEqual([
      'ServiceToken',
      'ServiceTimeout',
      'release',
    ]);
    expect(step?.Properties['release']).toBe(releaseOf(resolve('.')));
    expect(staging.say(step?.Properties['ServiceToken'])).toContain(
      '<Migration/Provider/framework',
    );
  });

  test('makes keys once: that step changes only with the kinds of keys that there are', () => {
    const [step] = staging.ofType('Custom::Weelo-keys');
    expect(Object.keys(step?.Properties ?? {})).toEqual([
      'ServiceToken',
      'ServiceTimeout',
      'kinds',
    ]);
    expect(step?.Properties['kinds']).toBe('signing, code');
  });

  test.each([
    ['Migration', 'migrate'],
    ['FirstKeys', 'keys'],
  ])('runs %s by %s, through the framework', (step, name) => {
    const framework = staging.one('AWS::Lambda::Function', `${step}/Provider/`);
    expect(framework.Properties).toMatchObject({ Handler: 'framework.onEvent' });
    const { Environment } = framework.Properties;
    expect(JSON.stringify(Environment)).toContain(`Functions${name}Function`);
  });
});

describe('a release', () => {
  const root = mkdtempSync(join(tmpdir(), 'weelo-release-'));
  afterAll(() => rmSync(root, { recursive: true }));
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  const deployed = [
    'functions/orders.ts',
    'functions/wiring/stores.ts',
    'layers/data/index.ts',
    'lib/service/functions/bundle.ts',
    'package-lock.json',
    'prisma/migrations/1_first/migration.sql',
    'prisma/schema.prisma',
    'src/platform/postgres/postgres.ts',
  ];
  for (const each of deployed) write(each, each);
  const first = releaseOf(root);

  test.each(deployed)('is another one with another %s', (file) => {
    write(file, 'changed');
    expect(releaseOf(root)).not.toBe(first);
    write(file, file);
    expect(releaseOf(root)).toBe(first);
  });

  test('is another one with one more file, or with a file elsewhere', () => {
    const seen = ['src/a.ts', 'src/b.ts'].map((file) => {
      write(file, '');
      const release = releaseOf(root);
      rmSync(join(root, file));
      return release;
    });
    expect(new Set([first, ...seen]).size).toBe(3);
  });

  test('is the same wherever the repository lies, whatever is not deployed', () => {
    const elsewhere = join(root, 'elsewhere');
    for (const each of deployed) cpSync(join(root, each), join(elsewhere, each));
    write('README.md', 'read me');
    write('layers/data/generated/client.ts', 'generated');
    write('src/trips/sharing/page/built.json', 'generated');
    write('src/.DS_Store', 'left by macOS');
    expect([releaseOf(root), releaseOf(elsewhere)]).toEqual([first, first]);
  });
});
