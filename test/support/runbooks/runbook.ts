import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A command of a runbook, and the words that stand before it. */
interface Command {
  readonly text: string;
  readonly introduction: string;
}

/** The commands of a page, or of one section of it, as `docs/runbooks/alarms.md#lag`: all that one types, in order. */
export function commandsOf(runbook: string): readonly Command[] {
  const [page = '', section] = runbook.split('#');
  const text = sectionOf(readFileSync(page, 'utf8'), section);
  const parts = text.split(/^```sh\n([\s\S]*?)^```$/m);
  return parts.flatMap((each, index) =>
    index % 2 === 1
      ? each
          .trim()
          .split('\n')
          .map((line) => ({ text: line, introduction: (parts[index - 1] ?? '').trim() }))
      : [],
  );
}

function sectionOf(text: string, section: string | undefined): string {
  if (section === undefined) return text;
  const found = text
    .split(/^(?=## )/m)
    .find((each) => slugOf(/^## (.+)$/m.exec(each)?.[1] ?? '') === section);
  if (found !== undefined) return found;
  throw new Error(`No section is called ${section}`);
}

const slugOf = (heading: string): string => heading.toLowerCase().replaceAll(' ', '-');

/** Puts in what is known. What an operator could not know by then is a fault of the page. */
export function filledIn(command: string, known: Readonly<Record<string, string>>): string {
  return command.replaceAll(/<([a-z-]+)>/g, (placeholder, name: string) => {
    const value = known[name];
    if (value !== undefined) return value;
    throw new Error(`${command}: nothing that was typed before says ${placeholder}`);
  });
}

/** The words of a command, as a shell divides it. `date +%s` tells the time that is given. */
export async function wordsOf(command: string, now: number): Promise<readonly string[]> {
  const date = `date() { [ "$*" = +%s ] && echo ${Math.floor(now / 1000)} || echo "no date $*"; }`;
  const words = `printf '%s\\0' ${command}`;
  const { stdout } = await run('bash', ['-efuc', `${date}\n${words}`]);
  return stdout.split('\0').slice(0, -1);
}
