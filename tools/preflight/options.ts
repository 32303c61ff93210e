import { parseArgs } from 'node:util';
import { type StageChoices, stageNamed } from '../../lib/parts/stages.ts';
import type { Stage } from '../../lib/parts/stage.ts';

export interface PreflightOptions {
  readonly stage: Stage;
  /** Whether the findings are printed as JSON. */
  readonly json: boolean;
}

const usage =
  'Usage: npm run preflight -- <stage> [--like <stage>] [--alarmsTo <email>] [--protection on|off] [--json]';

/** The same choices as `-c` gives the CDK. */
export function preflightOptions(
  given: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): PreflightOptions {
  const { values, positionals } = parsed(given);
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw new Error(usage);
  const { json = false, ...choices } = values;
  return { stage: stageNamed(name, choices satisfies StageChoices, environment), json };
}

function parsed(given: readonly string[]) {
  try {
    return parseArgs({
      args: [...given],
      allowPositionals: true,
      options: {
        like: { type: 'string' },
        alarmsTo: { type: 'string' },
        protection: { type: 'string' },
        json: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new Error(usage, { cause: error });
  }
}
