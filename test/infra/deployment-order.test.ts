import { describe, expect, test } from 'vitest';
import { type FunctionName, functionNames, variablesOf } from '../../src/contract/functions.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { matching } from './matchers.ts';
import { synthesized } from './synth.ts';

const dev = synthesized('dev');

const awaits = (name: FunctionName) =>
  dev.functionNamed(name).DependsOn.map((id) => dev.pathOfId(id));

const migration = 'Migration/Done/Default';
const firstKeys = 'FirstKeys/Done/Default';

describe('a deployment', () => {
  const others = functionNames.filter((name) => name !== 'migrate' && name !== 'keys');
  const onPostgres = others.filter((name) => variablesOf(name).includes('DATABASE_HOST'));
  const onKeys = others.filter((name) => variablesOf(name).includes('PUBLIC_KEYS_SECRET_ARN'));

  test.each(onPostgres)('migrates before new code of %s is live', (name) => {
    expect(awaits(name)).toContain(migration);
  });

  test.each(onKeys)('has keys before %s is live', (name) => {
    expect(awaits(name)).toContain(firstKeys);
  });

  test('has nine functions on PostgreSQL, and eight that need keys', () => {
    expect([onPostgres.length, onKeys.length]).toEqual([9, 8]);
  });

  test.each(['migrate', 'keys'] as const)('does not let %s wait for itself', (name) => {
    expect(awaits(name)).not.toContain(migration);
    expect(awaits(name)).not.toContain(firstKeys);
  });

  test('makes the proxy only when the role that it logs in as exists', () => {
    for (const type of ['AWS::RDS::DBProxy', 'AWS::RDS::DBProxyTargetGroup']) {
      const { DependsOn } = dev.one(type, 'DatabaseProxy/');
      expect(DependsOn.map((id) => dev.pathOfId(id))).toContain(migration);
    }
  });

  test('migrates again when the migrations or the release change', () => {
    const [step] = dev.ofType('Custom::Weelo-migrate');
    expect(step?.Properties).toMatchObject({
      migrations: matching(/^[0-9a-f]{64}$/),
      release: packageJson.version,
    });
    expect(dev.say(step?.Properties['ServiceToken'])).toContain('<Migration/Provider/framework');
  });

  test('makes keys once: nothing about that step ever changes', () => {
    const [step] = dev.ofType('Custom::Weelo-keys');
    expect(Object.keys(step?.Properties ?? {})).toEqual(['ServiceToken']);
  });

  test.each([
    ['Migration', 'migrate'],
    ['FirstKeys', 'keys'],
  ])('runs %s by %s, through the framework', (step, name) => {
    const framework = dev.one('AWS::Lambda::Function', `${step}/Provider/`);
    expect(framework.Properties).toMatchObject({ Handler: 'framework.onEvent' });
    const { Environment } = framework.Properties;
    expect(JSON.stringify(Environment)).toContain(`Functions${name}Function`);
  });
});
