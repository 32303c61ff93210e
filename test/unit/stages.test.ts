import { describe, expect, test } from 'vitest';
import { stageNamed } from '../../lib/parts/stages.ts';

describe('a stage', () => {
  test('with an unknown name is refused, and the error lists the stages that exist', () => {
    for (const name of ['pord', 'anna', 'constructor', 'tostring']) {
      expect(() => stageNamed(name)).toThrow(
        `There is no stage "${name}", only dev, staging, prod and local. For a stage of your own, say which one it is like: -c stage=${name} -c like=dev`,
      );
    }
  });

  test.each(['dev', 'staging', 'prod'])(
    'of your own is as %s, which it says it is like',
    (like) => {
      expect(stageNamed('anna', { like })).toEqual({ ...stageNamed(like), name: 'anna' });
    },
  );

  test.each(['local', 'demo', 'constructor', ''])('cannot be like "%s"', (like) => {
    expect(() => stageNamed('anna', { like })).toThrow(
      `A stage of your own can be like dev, staging or prod, not like "${like}"`,
    );
  });

  test.each(['dev', 'local', 'staging', 'prod'])('called %s is like no other', (name) => {
    expect(() => stageNamed(name, { like: 'dev' })).toThrow(
      `The stage ${name} is like no other: leave out -c like=dev`,
    );
  });

  test.each(['', 'x', 'Prod', 'my-stage', '1a', 'averyveryverylongname'])(
    'cannot be called "%s"',
    (name) => {
      expect(() => stageNamed(name, { like: 'dev' })).toThrow(/cannot name a stage/);
    },
  );

  test('is protected as its settings say, or as the command line says', () => {
    const names = ['dev', 'local', 'staging', 'prod'];
    expect(names.map((name) => stageNamed(name).protection)).toEqual([false, false, false, true]);
  });

  test.each(['no', 'OFF', ''])('is protected or not, and not "%s"', (protection) => {
    expect(() => stageNamed('prod', { protection })).toThrow(
      `protection is on or off, not "${protection}"`,
    );
  });

  const inEnvironment = { WEELO_ALARMS_TO: 'pipeline@example.com' };

  test('sends its alarms to the address of the environment, or to that of the command line', () => {
    expect(stageNamed('prod').alarmsTo).toBeUndefined();
    expect(stageNamed('prod', {}, { WEELO_ALARMS_TO: '' }).alarmsTo).toBeUndefined();
    expect(stageNamed('prod', {}, inEnvironment).alarmsTo).toBe('pipeline@example.com');
    const alarmsTo = 'anna@example.com';
    expect(stageNamed('prod', { alarmsTo }, inEnvironment).alarmsTo).toBe(alarmsTo);
    expect(stageNamed('anna', { like: 'prod', alarmsTo }).alarmsTo).toBe(alarmsTo);
  });

  test('without alarms takes no address, and says so if it is given one for itself', () => {
    expect(stageNamed('dev', {}, inEnvironment)).toEqual(stageNamed('dev'));
    expect(() => stageNamed('dev', { alarmsTo: 'anna@example.com' })).toThrow(
      'The stage dev has no alarms: leave out -c alarmsTo=anna@example.com, or set `alarms: true` in lib/parts/stages.ts',
    );
  });
});
