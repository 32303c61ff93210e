import { resources, variables } from '../../src/contract/environment.ts';
import { errors } from '../../src/contract/errors.ts';
import { functionNames, functions } from '../../src/contract/functions.ts';

/** Errors, environment variables and functions, as one page of tables. */
export function referencePage(): string {
  return [
    '# Reference',
    'Generated from `src/contract` by `npm run docs`. Change it there.',
    '## Error codes',
    table(
      ['Code', 'Status', 'Meaning', 'What the client should do'],
      Object.entries(errors).map(([code, { status, meaning, remedy }]) => [
        `\`${code}\``,
        String(status),
        meaning,
        remedy,
      ]),
    ),
    '## Functions',
    table(
      ['Function', 'Purpose', 'Called by', 'Network', 'Time-out', 'Uses'],
      functionNames.map((name) => {
        const { purpose, trigger, network, timeoutSeconds, uses } = functions[name];
        return [`\`${name}\``, purpose, trigger, network, `${timeoutSeconds} s`, uses.join(', ')];
      }),
    ),
    '## Environment variables',
    table(
      ['Variable', 'Meaning', 'Given with'],
      Object.entries(variables).map(([name, { meaning }]) => [
        `\`${name}\``,
        meaning,
        givenWith(name).join(', ') || 'every function',
      ]),
    ),
  ].join('\n\n');
}

function givenWith(variable: string): readonly string[] {
  return Object.entries(resources)
    .filter(([, resource]) => new Set<string>(resource.variables).has(variable))
    .map(([name]) => name);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
