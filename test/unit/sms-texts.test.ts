import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { stageNamed } from '../../lib/parts/stages.ts';
import { smsTemplates, textOf } from '../../src/messaging/sms/sms-texts.ts';

const to = '9812345670';
const login = (code = '123456') => textOf({ to, template: 'login', values: { code } });
const driverLogin = (driverName: string) =>
  textOf({
    to,
    template: 'driver-login',
    values: { code: '123456', driverName, driverPhone: '9876541234' },
  });

const onboarding = (fleetName: string) =>
  textOf({ to, template: 'driver-onboarding', values: { code: '123456', fleetName } });

/** What a template looks like to a carrier that compares. */
const patternOf = (template: string) =>
  new RegExp(
    `^${template
      .split('{#var#}')
      .map((piece) => piece.replaceAll(/[.()]/g, String.raw`\$&`))
      .join('(.{1,30})')}$`,
  );

test('a login code comes first, with how long it works', () => {
  expect(login('012345')).toBe(
    '012345 is your Weelo login code. It works once, for 5 minutes. Do not share it with anyone.',
  );
});

test("a driver's code names the driver and the end of the driver's number", () => {
  expect(driverLogin('Ramesh Kumar')).toBe(
    '123456 is the Weelo login code of your driver Ramesh Kumar (xxxxxx1234). It works once, for 5 minutes. Share it with this driver only.',
  );
});

test('an onboarding code names the fleet that asks, and what to do with it', () => {
  expect(onboarding('Rao Roadlines')).toBe(
    '123456 is your code to drive for Rao Roadlines on Weelo. It works once, for 10 minutes. Give it to them only if you agree.',
  );
  expect(onboarding('राव 24')).toContain('to drive for your transporter on Weelo');
});

describe('a name', () => {
  test.each([
    ['José Núñez', 'Jose Nunez'],
    ["S.K. D'Souza-Rao", "S. K. D'Souza-Rao"],
    ['  Asha \n\t Rao ', 'Asha Rao'],
    ['राम Kumar', 'Kumar'],
    ['राम कुमार', 'with the number'],
    ['', 'with the number'],
    ['.-.', 'with the number'],
    ['http://evil.com/x', 'httpevil. comx'],
    ['Asha 999999 Rao', 'Asha Rao'],
    ['Asha\u202E{#var#}', 'Ashavar'],
    ['Venkatanarasimharajuvaripeta Subramanian', 'Venkatanarasimharajuvaripeta S'],
    ['Venkatanarasimharajuvaripetamm Rao', 'Venkatanarasimharajuvaripetamm'],
  ])('%j is written as %j', (name, written) => {
    expect(driverLogin(name)).toContain(`your driver ${written} (xxxxxx1234)`);
  });
});

test('whatever the name, it is one message in letters that every phone has, as registered', () => {
  const names = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.string({ unit: fc.constantFrom(..."AbcÉ .-'7/राम".split('')), maxLength: 200 }),
  );
  fc.assert(
    fc.property(names, (name) => {
      const text = driverLogin(name);
      expect(text).toMatch(/^[A-Za-z0-9 .,'()-]{1,160}$/);
      expect(text).toMatch(patternOf(smsTemplates['driver-login']));
      expect(text).not.toMatch(/\w\.\w|\/\//);
      expect(/\d{6}/.exec(text)?.[0]).toBe('123456');
      expect(text).not.toContain('987654');
      const asked = onboarding(name);
      expect(asked).toMatch(/^[A-Za-z0-9 .,'()-]{1,160}$/);
      expect(asked).toMatch(patternOf(smsTemplates['driver-onboarding']));
      expect(asked).not.toMatch(/\w\.\w|\/\//);
    }),
  );
  expect(login()).toMatch(patternOf(smsTemplates.login));
});

describe('the runbook', () => {
  const runbook = readFileSync('docs/runbooks/register-sms-templates.md', 'utf8');

  test('has each text as it must be registered, under its name', () => {
    const listed = runbook.matchAll(/^### `([\w-]+)`\n\n```text\n(.+)\n```$/gm);
    const said = [...listed].map(([, name, text]) => [name, text]);
    expect(Object.fromEntries(said)).toEqual(smsTemplates);
  });

  test('names every setting of a stage about SMS', () => {
    const { dlt = {} } = stageNamed('local').sms;
    for (const key of ['sender', ...Object.keys(dlt)]) expect(runbook).toContain(`\`${key}\``);
  });
});
