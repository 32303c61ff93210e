import * as z from 'zod';
import { keptBecause, type Decision } from './decide.ts';
import { refusals, type Finding } from './mapping/candidate.ts';
import type { Inspection } from './source/found-tables.ts';

const Tally = z.object({ count: z.int(), examples: z.array(z.string()) });
const Tallies = z.record(z.string(), Tally);
type Tallies = z.output<typeof Tallies>;

const Section = z.object({
  found: z.int(),
  new: z.int(),
  changed: z.int(),
  unchanged: z.int(),
  kept: Tallies,
  refused: Tallies,
  leftOut: Tallies,
  notes: Tallies,
});
export type Section = z.output<typeof Section>;

/** Each row of the predecessor's is in one section, and there in one of new, changed, unchanged, kept and refused. */
export const Report = z.object({
  accounts: Section,
  drivers: Section,
  vehicles: Section,
  gone: Tallies,
});
export type Report = z.output<typeof Report>;
export type SectionName = 'accounts' | 'drivers' | 'vehicles';

/** So many examples are kept of each reason. */
export const mostExamples = 20;

const nothing: Section = {
  found: 0,
  new: 0,
  changed: 0,
  unchanged: 0,
  kept: {},
  refused: {},
  leftOut: {},
  notes: {},
};

export const emptyReport: Report = {
  accounts: nothing,
  drivers: nothing,
  vehicles: nothing,
  gone: {},
};

/** What became of a row, and what is to be said of it. */
export interface Outcome {
  readonly decision: Decision;
  readonly example: string;
  readonly leftOut: readonly Finding[];
  readonly notes: readonly Finding[];
}

export function counted(section: Section, outcomes: readonly Outcome[]): Section {
  const next = structuredClone(section);
  for (const { decision, example, leftOut, notes } of outcomes) {
    next.found += 1;
    if (decision.did === 'kept' || decision.did === 'refused') {
      tally(next[decision.did], { reason: decision.reason, example });
    } else {
      next[decision.did] += 1;
    }
    if (decision.did === 'refused') continue;
    for (const each of leftOut) tally(next.leftOut, each);
    for (const each of notes) tally(next.notes, each);
  }
  return next;
}

function tally(tallies: Tallies, { reason, example }: Finding): void {
  const { count, examples } = (tallies[reason] ??= { count: 0, examples: [] });
  const shown = examples.length < mostExamples ? [...examples, example] : examples;
  tallies[reason] = { count: count + 1, examples: shown };
}

/** How many rows a report says something of. */
export function rowsIn({ accounts, drivers, vehicles }: Report): number {
  return accounts.found + drivers.found + vehicles.found;
}

/** What a note says of a row that is imported all the same. */
const noteMeanings = {
  suspended: 'The account is not active there. Here it is suspended: restore-account lets it in.',
  'on-a-trip': 'The vehicle is on hold or on a trip there. Here it is available.',
  'phone-in-several-roles': 'The phone has accounts of several roles. Here, too.',
  'left-out': 'The value is not valid here, and left out. The row is imported without it.',
  gone: 'The row was imported, and is there no more. Here it stays.',
} as const;

const meanings: Readonly<Record<string, string>> = {
  ...refusals,
  ...keptBecause,
  ...noteMeanings,
};

/** The report as an operator reads it: each reason with a sentence, and as many examples as were asked for. */
export function reportView(
  report: Report,
  inspection: Inspection,
  { examples }: { readonly examples: number },
) {
  const explained = (tallies: Tallies, always?: string) =>
    Object.fromEntries(
      Object.entries(tallies).map(([reason, each]) => [
        reason,
        {
          count: each.count,
          means: always ?? meanings[reason],
          examples: each.examples.slice(0, examples),
        },
      ]),
    );
  const section = (each: Section) => ({
    ...each,
    kept: explained(each.kept),
    refused: explained(each.refused),
    leftOut: explained(each.leftOut, noteMeanings['left-out']),
    notes: explained(each.notes),
  });
  return {
    accounts: section(report.accounts),
    drivers: section(report.drivers),
    vehicles: section(report.vehicles),
    gone: explained(report.gone, noteMeanings.gone),
    readFrom: Object.fromEntries(inspection.tables.map(({ source, table }) => [source, table])),
    ignoredColumns: Object.fromEntries(
      inspection.tables.map(({ table, ignored }) => [table, ignored]),
    ),
    otherTables: inspection.otherTables,
  };
}
