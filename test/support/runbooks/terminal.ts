import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { nodeBinary } from 'local-cloud';
import { awsCommands } from './aws-command.ts';
import { wordsOf } from './runbook.ts';

const run = promisify(execFile);

export interface Terminal {
  /** Types a command of a runbook. Fails where it fails. */
  readonly type: (command: string) => Promise<unknown>;
}

/** Where an operator sits: `npm run operate` and `grep` are run as they are, `aws` is not installed and played. */
export function openTerminal(origin: string, awsEndpoint: string, now: () => number): Terminal {
  const aws = awsCommands(awsEndpoint);
  return {
    type: async (command) => {
      const [program, ...words] = await wordsOf(command, now());
      if (program === 'aws') return aws(words);
      if (program === 'grep') return (await run('grep', words)).stdout.trim().split('\n');
      const [npmRun, script, dashes, ...args] = words;
      if (program !== 'npm' || npmRun !== 'run' || script !== 'operate' || dashes !== '--') {
        throw new Error(`Nobody has typed this here until now: ${command}`);
      }
      const env = { ...process.env, WEELO_URL: origin };
      const { stdout } = await run(nodeBinary(), [resolve('tools/operate.ts'), ...args], { env });
      return JSON.parse(stdout) as unknown;
    },
  };
}
