import { spawn } from 'node:child_process';

/**
 * A frozen or endlessly looping process does not notice that whoever started it is gone. This shell does:
 * the kernel closes its pipe however we end, SIGKILL included, and it ends all that are still on its list.
 */
const SCRIPT = `
pids=" "
while read -r sign pid; do
  case $sign in
    +) pids="$pids$pid " ;;
    -) pids="\${pids%% $pid *} \${pids#* $pid }" ;;
  esac
done
for pid in $pids; do kill -KILL "$pid"; done
[ -z "$1" ] || rm -rf "$1"
`;

export interface Undertaker {
  readonly add: (pid: number) => void;
  readonly remove: (pid: number) => void;
  readonly stop: () => void;
}

/** Sees to it that no environment outlives this process, nor the temporary folder where there is one. */
export function hireUndertaker(temporaryFolder = ''): Undertaker {
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'undertaker', temporaryFolder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // A group of its own: a Ctrl-C in the terminal must not end it before its work.
    detached: true,
    cwd: '/',
  });
  shell.stdin.on('error', () => undefined);
  shell.unref();
  return {
    add: (pid) => void shell.stdin.write(`+ ${pid}\n`),
    remove: (pid) => void shell.stdin.write(`- ${pid}\n`),
    stop: () => void shell.stdin.end(),
  };
}
