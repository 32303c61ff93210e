import { parseArgs } from 'node:util';

export interface StartOptions {
  readonly port: number;
  readonly reset: boolean;
  readonly rateLimits: boolean;
  readonly watch: boolean;
  /**
   * Every line on stdout is an object of JSON, but for the one that begins with `ready `: whoever starts
   * us waits for that, in either form. Errors are sentences on stderr.
   */
  readonly json: boolean;
  /** Where data is kept, when not in the repository. */
  readonly data: string | undefined;
}

const USAGE =
  'npm start -- [--reset] [--rate-limits off] [--watch] [--json] [--data <folder>], and PORT in the environment';

/** What was asked for on the command line, or a sentence on how to ask. */
export function readOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): StartOptions {
  const values = parse(args);
  const rateLimits = values['rate-limits'];
  if (rateLimits !== 'on' && rateLimits !== 'off') {
    throw new Error(`--rate-limits is on or off, not ${rateLimits}: ${USAGE}.`);
  }
  return {
    port: portOf(environment['PORT']),
    reset: values.reset,
    rateLimits: rateLimits === 'on',
    watch: values.watch,
    json: values.json,
    data: values.data,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        reset: { type: 'boolean', default: false },
        'rate-limits': { type: 'string', default: 'on' },
        watch: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        data: { type: 'string' },
      },
    }).values;
  } catch (cause) {
    const [what] = (cause instanceof Error ? cause.message : String(cause)).split('.');
    throw new Error(`${what}: ${USAGE}.`, { cause });
  }
}

function portOf(text: string | undefined): number {
  if (text === undefined || text === '') return 3000;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`PORT is a number from 0 to 65535, not "${text}".`);
}
