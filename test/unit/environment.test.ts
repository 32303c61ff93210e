import { expect, test } from 'vitest';
import {
  functionNames,
  functions,
  readEnvironment,
  variablesOf,
} from '../../src/contract/functions.ts';
import { answersAreStrict, resources } from '../../src/contract/environment.ts';

const system = {
  WEELO_STAGE: 'test',
  DATABASE_HOST: '127.0.0.1',
  DATABASE_PORT: '5432',
  DATABASE_NAME: 'weelo',
  DATABASE_TLS: 'off',
  DATABASE_SECRET_ARN: 'arn:database',
  DATABASE_SLEEPS: 'no',
  REDIS_URL: 'redis://127.0.0.1:6379',
  REDIS_MODE: 'cluster',
  STATE_TABLE: 'weelo-state',
  DISPATCH_QUEUE_URL: 'http://127.0.0.1:9324/000000000000/dispatch',
  PUBLIC_KEYS_SECRET_ARN: 'arn:public-keys',
  EDGE_SECRET_ARN: 'none',
};

test('variables come parsed', () => {
  expect(readEnvironment('system', system)).toEqual({ ...system, DATABASE_PORT: 5432 });
});

test.each(Object.keys(system))('without %s the function says so, and which', (missing) => {
  const { [missing as keyof typeof system]: _, ...rest } = system;
  expect(() => readEnvironment('system', rest)).toThrow(`set right: ${missing}`);
});

test('one error names everything that is missing or wrong', () => {
  const broken = { ...system, DATABASE_PORT: 'x', REDIS_MODE: 'maybe', STATE_TABLE: undefined };
  expect(() => readEnvironment('system', broken)).toThrow('DATABASE_PORT, REDIS_MODE, STATE_TABLE');
});

test('resources that can only be reached inside the VPC are used only there', () => {
  for (const name of functionNames) {
    const needsVpc = functions[name].uses.some((resource) => resources[resource].needsVpc);
    if (needsVpc) expect(functions[name].network).toBe('vpc');
  }
});

test('only auth signs, only migrate is the database administrator, only keys mints', () => {
  const usersOf = (resource: keyof typeof resources) =>
    functionNames.filter((name) => new Set<string>(functions[name].uses).has(resource));
  expect(usersOf('signing-keys')).toEqual(['auth']);
  expect(usersOf('postgres-admin')).toEqual(['migrate']);
  expect(usersOf('key-minting')).toEqual(['keys']);
  expect(usersOf('code-key')).toEqual(['auth', 'fleet', 'notify']);
  expect(usersOf('sms')).toEqual(['notify']);
});

test('a function lists each variable only once', () => {
  for (const name of functionNames) {
    expect(new Set(variablesOf(name)).size).toBe(variablesOf(name).length);
  }
});

test.each([
  ['test', true],
  ['local', true],
  ['dev', true],
  ['prod', false],
])('in the stage %s, an answer that is not in the contract is an error: %s', (stage, isStrict) => {
  expect(answersAreStrict({ WEELO_STAGE: stage })).toBe(isStrict);
});
