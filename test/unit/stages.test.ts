import { describe, expect, test } from 'vitest';
import { stageNamed } from '../../lib/parts/stages.ts';

describe('a stage', () => {
  test('with an unknown name is refused, and the error lists the stages that exist', () => {
    for (const name of ['pord', 'anna', 'constructor', 'tostring']) {
      expect(() => stageNamed(name)).toThrow(
        `There is no stage "${name}", only dev, local and prod. For a stage of your own, say which one it is like: -c stage=${name} -c like=dev`,
      );
    }
  });

  test.each(['dev', 'prod'])('of your own is as %s, which it says it is like', (like) => {
    expect(stageNamed('anna', { like })).toEqual({ ...stageNamed(like), name: 'anna' });
  });

  test.each(['local', 'demo', 'constructor', ''])('cannot be like "%s"', (like) => {
    expect(() => stageNamed('anna', { like })).toThrow(
      `A stage of your own can be like dev or prod, not like "${like}"`,
    );
  });

  test.each(['dev', 'local', 'prod'])('called %s is like no other', (name) => {
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
    expect(['dev', 'local', 'prod'].map((name) => stageNamed(name).protection)).toEqual([
      false,
      false,
      true,
    ]);
  });

  test.each(['no', 'OFF', ''])('is protected or not, and not "%s"', (protection) => {
    expect(() => stageNamed('prod', { protection })).toThrow(
      `protection is on or off, not "${protection}"`,
    );
  });
});
