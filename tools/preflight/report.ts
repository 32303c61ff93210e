import type { Finding } from './facts.ts';

const marks = { done: 'ok  ', todo: 'TODO', note: 'note' } as const;

/** The findings as an operator reads them: what is to be done is numbered, in its order. */
export function report(stage: string, findings: readonly Finding[]): string {
  const steps = findings.filter(({ state }) => state === 'todo');
  const lines = findings.map((each) => {
    const number = each.state === 'todo' ? ` ${steps.indexOf(each) + 1}.` : '';
    const line = `${marks[each.state]}${number} ${each.check}: ${each.says}`;
    return each.run === undefined ? line : `${line}\n       ${each.run}`;
  });
  const end =
    steps.length === 0
      ? `The stage ${stage} can be deployed.`
      : `To do before the stage ${stage} is deployed: ${steps.length}, in the order of their numbers.`;
  return [...lines, '', end].join('\n');
}

export function reportAsJson(stage: string, findings: readonly Finding[]): string {
  return JSON.stringify({ stage, ready: isReady(findings), findings }, null, 2);
}

export function isReady(findings: readonly Finding[]): boolean {
  return findings.every(({ state }) => state !== 'todo');
}
