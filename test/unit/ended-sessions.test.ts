import { beforeEach, expect, test } from 'vitest';
import { openEndedSessions } from '../../src/identity/sessions/ended-sessions.ts';

let secondsPassed = 0;
const clock = { now: () => new Date(Date.UTC(2027, 0, 31, 9, 30, secondsPassed)) };
/** The sessions that have ended, by the table. */
const ended = new Set<string>();
/** What happens while the table is asked. */
let meanwhile: () => void;
let asked: string[] = [];
const table = {
  get: async () => undefined,
  put: async () => undefined,
  getMany: async (keys: readonly { readonly pk: string; readonly sk: string }[]) => {
    asked = keys.map(({ pk }) => pk.replace('session#', ''));
    meanwhile();
    return keys.filter(({ pk }) => ended.has(pk.replace('session#', '')));
  },
};

beforeEach(() => {
  secondsPassed = 0;
  ended.clear();
  meanwhile = () => undefined;
});

test('of many sessions, those are told that have ended; an answer is good for 20 seconds', async () => {
  const sessions = openEndedSessions(table, clock);
  ended.add('b');
  expect(await sessions.among(['a', 'b', 'a', 'c'])).toEqual(new Set(['b']));
  expect(asked).toEqual(['a', 'b', 'c']);
  secondsPassed = 19;
  await sessions.among(['a', 'b', 'd']);
  expect(asked).toEqual(['d']);
  secondsPassed = 20;
  await sessions.among(['a', 'b']);
  expect(asked).toEqual(['a']);
});

test('an answer that becomes too old while others are asked for is asked again the next time', async () => {
  const sessions = openEndedSessions(table, clock);
  await sessions.among(['old']);
  ended.add('old');
  secondsPassed = 19;
  meanwhile = () => {
    secondsPassed = 21;
  };
  await sessions.among(['old', 'new']);
  expect(await sessions.among(['old'])).toEqual(new Set(['old']));
});

test('while the table is away, an answer is good for a minute, and nobody else is let through', async () => {
  const sessions = openEndedSessions(table, clock);
  await sessions.among(['known']);
  meanwhile = () => {
    throw new Error('away');
  };
  secondsPassed = 59;
  expect(await sessions.among(['known'])).toEqual(new Set());
  await expect(sessions.among(['known', 'unknown'])).rejects.toThrow('The service is busy');
  secondsPassed = 61;
  await expect(sessions.among(['known'])).rejects.toThrow('The service is busy');
});
