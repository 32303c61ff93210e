import { expect, test } from 'vitest';
import { fixtureCloud, temporaryFolder } from '../fixture-app/cloud.ts';

const dataFolder = temporaryFolder();
const start = (resource: object) => fixtureCloud({ resource: { ...resource } }, { dataFolder });
const greeting = async ({ answerOf }: Awaited<ReturnType<typeof start>>) =>
  ((await answerOf('fixture-greeted', { do: 'environment' })) as Record<string, string>)[
    'GREETING'
  ];

test('is created at the first start, updated when a property changes, and left alone otherwise', async () => {
  const first = await start({ name: 'Asha', count: 2 });
  // What is no text is text by the time it arrives, as in the cloud.
  expect(await first.line('"asked":"Create"')).toContain('{"name":"Asha","count":"2"}');
  expect(await greeting(first)).toBe('hello Asha');
  await first.cloud.stop();

  const second = await start({ count: 2, name: 'Asha' });
  expect(await greeting(second)).toBe('hello Asha');
  expect(second.lines.some(({ line }) => line.includes('"asked"'))).toBe(false);
  await second.cloud.stop();

  const third = await start({ name: 'Ravi', count: 2 });
  expect(await third.line('"asked":"Update"')).toContain('"name":"Ravi"');
  expect(await greeting(third)).toBe('hello Ravi');
  await third.cloud.stop();
});

test('that fails ends the start with its reason, and is tried again at the next', async () => {
  const failing = start({ name: 'Asha', fail: true });
  await expect(failing).rejects.toThrow(/fixture\/Resource failed: Error: told to fail/);
  const mended = await start({ name: 'Asha' });
  expect(await greeting(mended)).toBe('hello Asha');
});
