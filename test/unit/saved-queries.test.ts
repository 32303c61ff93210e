import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { functionNames } from '../../src/contract/functions.ts';
import { savedQueries } from '../../lib/service/watch/queries.ts';

const sources = globSync('{src,functions}/**/*.ts').map((path) => readFileSync(path, 'utf8'));

/** The calls that log, as they stand in the sources: what they say, and the fields that they give. */
const logged = sources.flatMap((text) =>
  [...text.matchAll(/logger\.(?:info|warn|error)\(\s*('[^']*'|[^,)]+)(?:,\s*\{([^}]*)\})?/g)].map(
    ([, message = '', fields = '']) => ({ message, fields: namesIn(fields) }),
  ),
);
const appended = sources.flatMap((text) =>
  [...text.matchAll(/appendKeys\(\{([^}]*)\}/g)].flatMap(([, fields = '']) => namesIn(fields)),
);
const access = readFileSync('lib/service/apis/access-log.ts', 'utf8');
const apis = globSync('lib/service/apis/*-api.ts').map((path) => readFileSync(path, 'utf8'));

/** What every line has, by Powertools and by Logs Insights. */
const always = ['level', 'message', 'service', 'requestId', '@timestamp', '@log', '@message'];
const ofFunctions = new Set([
  ...always,
  ...appended,
  ...logged.flatMap(({ fields }) => fields),
  'error.name',
  'error.message',
]);

describe.each(savedQueries)('the saved query $name', ({ lines, logs, says }) => {
  const text = lines.join(' | ');

  test('reads logs that exist', () => {
    expect([...functionNames, 'http-access', 'realtime-access']).toEqual(
      expect.arrayContaining([...logs]),
    );
    // AWS takes no more in one query.
    expect(logs.length).toBeLessThanOrEqual(50);
    expect(says).toMatch(/^[A-Z].*[^.]$/);
  });

  test('asks for messages that are logged in these words', () => {
    for (const message of messagesIn(text)) {
      const found = logged.some((each) => each.message.includes(`'${message}'`));
      expect(found, message).toBe(true);
    }
  });

  test('asks for fields that the lines have', () => {
    const isAccess = logs.some((each) => each.endsWith('-access'));
    for (const field of fieldsIn(text)) {
      const known = isAccess
        ? [access, ...apis].some((each) => each.includes(`'${field}'`)) || isAddress(field)
        : ofFunctions.has(field) || ofFunctions.has(field.split('.')[0] ?? '');
      expect(known, field).toBe(true);
    }
  });
});

test('each message that operators have always searched for has a query', () => {
  const all = savedQueries.map(({ lines }) => lines.join(' ')).join(' ');
  for (const message of [
    'Idempotency HIT',
    'Lock acquired',
    'Lock released',
    'Concurrent order request blocked',
    'CleanupJob',
    'Idempotency key received',
    'Idempotency cached',
    'Redis connected',
    'getActiveOrderByCustomer',
  ]) {
    expect(all).toContain(`"${message}"`);
  }
});

test('no two queries have one name', () => {
  const names = savedQueries.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

function namesIn(fields: string): readonly string[] {
  return [...fields.matchAll(/(?:^|[{,])\s*(\w+)/g)].map(([, name = '']) => name);
}

/** The texts that a query compares messages with. */
function messagesIn(text: string): readonly string[] {
  return [...text.matchAll(/message (?:=|in) (\[[^\]]*\]|"[^"]*")/g)].flatMap(([, list = '']) =>
    [...list.matchAll(/"([^"]*)"/g)].map(([, message = '']) => message),
  );
}

/** The names that a query reads: not those that it gives, its words or its texts. */
function fieldsIn(text: string): readonly string[] {
  const bare = text.replaceAll(/"[^"]*"|\/[^/]*\//g, '');
  const given = new Set([...bare.matchAll(/ as (\w+)/g)].map(([, name]) => name));
  const words = new Set(
    'fields filter stats sort limit by as asc desc in like and or count pct latest bin 5m'.split(
      ' ',
    ),
  );
  return [...bare.matchAll(/@?[A-Za-z][\w.]*/g)]
    .map(([name]) => name)
    .filter((name) => !given.has(name) && !words.has(name) && name !== 'm');
}

/** API Gateway gives these below `identity`. */
function isAddress(field: string): boolean {
  return access.includes(`'identity.${field}'`);
}
