import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * As when a database server is rebooted by force: every connection breaks, what was committed is there again. The
 * server does that itself, as soon as one of its processes has died; frozen ones are woken first, so that they can die.
 */
export async function rebootPostgres(data: string): Promise<void> {
  const [server] = (await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n');
  const processes = await childrenOf(Number(server));
  for (const pid of [...processes, Number(server)]) signal(pid, 'SIGCONT');
  for (const pid of processes) signal(pid, 'SIGKILL');
}

async function childrenOf(parent: number): Promise<readonly number[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=']);
  return stdout.split('\n').flatMap((line) => {
    const [pid, ppid] = line.trim().split(/\s+/).map(Number);
    return ppid === parent && pid !== undefined ? [pid] : [];
  });
}

function signal(pid: number, name: 'SIGCONT' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself meanwhile.
  }
}
