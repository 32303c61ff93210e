import * as z from 'zod';
import { importPredecessor } from '../../src/cutover/import-predecessor.ts';
import { mostExamples } from '../../src/cutover/report.ts';
import type { Postgres } from '../../src/platform/postgres/postgres.ts';
import { command } from '../edge/command-function.ts';

/** In milliseconds. The last batch may take eight seconds more, and all must end within the function's minute. */
const timeForBatches = 40_000;

/** What operators type on the way from the predecessor to here (docs/runbooks/cutover.md). */
export function cutoverCommands(postgres: Postgres) {
  return {
    'import-predecessor': command({
      summary:
        'Says what an import of users, fleets and drivers from the predecessor would do, or does it',
      input: z.strictObject({
        write: z
          .boolean()
          .default(false)
          .meta({ description: 'Without it, nothing is imported: it is a dry run' }),
        restart: z
          .boolean()
          .default(false)
          .meta({ description: 'Begin again, although the last run has not finished' }),
        examples: z
          .int()
          .min(0)
          .max(mostExamples)
          .default(5)
          .meta({ description: 'How many examples of each reason are shown' }),
      }),
      run: (input) => {
        const endsAt = performance.now() + timeForBatches;
        return importPredecessor(input, {
          postgres,
          timeLeftMs: () => endsAt - performance.now(),
        });
      },
    }),
  };
}
