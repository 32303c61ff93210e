import { describe, expect, test } from 'vitest';
import { logPrinter } from '../../local/start/log-printer.ts';
import { readOptions } from '../../local/start/options.ts';
import { Stoppers } from '../../local/start/stoppers.ts';

test('the command line is read', () => {
  expect(readOptions([], {})).toMatchObject({ port: 3000, reset: false, rateLimits: true });
  expect(readOptions(['--rate-limits', 'off', '--json', '--reset'], { PORT: '0' })).toMatchObject({
    port: 0,
    rateLimits: false,
    json: true,
    reset: true,
  });
});

test.each<[string[], string, string]>([
  [['--rate-limits', 'no'], '', '--rate-limits is on or off, not no'],
  [['--resett'], '', "Unknown option '--resett'"],
  [['word'], '', 'Unexpected argument'],
  [[], '70000', 'PORT is a number from 0 to 65535, not "70000"'],
  [[], 'http', 'PORT is a number'],
])('%j with PORT=%s is refused in a sentence', (args, PORT, sentence) => {
  expect(() => readOptions(args, { PORT })).toThrow(sentence);
});

describe('logs', () => {
  const printed = (json: boolean, line: string) => {
    const lines: string[] = [];
    logPrinter(
      json,
      (each) => void lines.push(each),
    )({ functionName: 'orders', requestId: 'r1', line });
    return lines;
  };
  const entry =
    '{"level":"WARN","message":"Slow","timestamp":"2026-01-31T10:20:30.400Z","service":"orders","ms":12,"deep":{"a":1}}';

  test('are readable, without what every line says', () => {
    expect(printed(false, entry)).toEqual(['10:20:30.400 orders WARN Slow ms=12 deep={"a":1}']);
    expect(printed(false, 'plain words')).toEqual([
      expect.stringMatching(/^\d\d:\d\d:\d\d\.\d{3} orders plain words$/),
    ]);
    expect(printed(false, '{"_aws":{},"Orders":1}')).toEqual([]);
  });

  test('are JSON where that is asked for, whatever was printed', () => {
    expect(printed(true, entry)).toEqual([entry]);
    expect(printed(true, 'plain words').map((line) => JSON.parse(line) as unknown)).toEqual([
      { function_name: 'orders', function_request_id: 'r1', message: 'plain words' },
    ]);
    expect(printed(true, '{broken')).toHaveLength(1);
  });
});

test('what was started is stopped once, the last first, whatever fails', async () => {
  const stopped: string[] = [];
  const stoppers = new Stoppers();
  stoppers.add(() => void stopped.push('first'));
  stoppers.add(async () => {
    throw new Error('stuck');
  });
  stoppers.add(() => void stopped.push('last'));
  await expect(stoppers.stop()).rejects.toThrow('Not everything could be stopped');
  await stoppers.stop().catch(() => undefined);
  expect(stopped).toEqual(['last', 'first']);
});
