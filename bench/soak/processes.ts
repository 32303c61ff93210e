import { readdirSync, readFileSync } from 'node:fs';

const pageBytes = 4096;

export type Kind = 'city' | 'gateway' | 'postgres' | 'redis' | 'functions' | 'engines';

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly kind: Kind;
  readonly megabytes: number;
}

/** A process and all that it has started, by their ids. It reads Linux's /proc. */
export function processesOf(
  root: number,
): ReadonlyMap<number, Pick<Process, 'kind' | 'megabytes'>> {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => processOf(Number(name)) ?? []);
  const found = new Set([root]);
  for (let size = 0; size !== found.size;) {
    size = found.size;
    for (const each of all) if (found.has(each.parent)) found.add(each.pid);
  }
  return new Map(all.filter(({ pid }) => found.has(pid)).map((each) => [each.pid, each]));
}

function processOf(pid: number): Process | undefined {
  try {
    const [, parent = ''] = (readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1] ?? '').split(
      ' ',
    );
    const [, pages = '0', shared = '0'] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    // Shared pages would be counted once for each process of PostgreSQL.
    const megabytes = ((Number(pages) - Number(shared)) * pageBytes) / 1024 ** 2;
    return { pid, parent: Number(parent), kind: kindOf(command), megabytes };
  } catch {
    // It has just ended.
    return undefined;
  }
}

function kindOf(command: string): Kind {
  if (command.includes('city/live/main.ts')) return 'city';
  if (command.includes('local/start.ts')) return 'gateway';
  if (command.includes('postgres')) return 'postgres';
  if (command.includes('redis')) return 'redis';
  if (command.includes('local-cloud-')) return 'functions';
  return 'engines';
}
