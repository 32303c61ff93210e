import { defineConfig } from 'vitest/config';
import { SlowestFirst } from './tools/slowest-first.ts';

/** Handlers log for operators; a test that is about a log line listens to it itself. */
const quiet = {
  POWERTOOLS_LOG_LEVEL: 'SILENT',
  POWERTOOLS_METRICS_DISABLED: 'true',
  POWERTOOLS_SERVICE_NAME: 'test',
  POWERTOOLS_METRICS_NAMESPACE: 'Weelo',
};

/** How long a state is waited for where a test does not say: long, for a neighbour may use both cores. */
const patient = { expect: { poll: { timeout: 10_000 } } } as const;

/** The same for all that run together: one more than a small machine has cores, since many of them wait. */
const together = { ...patient, maxWorkers: 3, sequence: { groupOrder: 0 } } as const;

const onEngines = {
  globalSetup: 'test/support/engines/start-engines.ts',
  setupFiles: 'test/support/engines/around-each-file.ts',
};

export default defineConfig({
  test: {
    env: quiet,
    sequence: { sequencer: SlowestFirst },
    projects: [
      {
        test: {
          ...together,
          name: 'unit',
          isolate: false,
          include: ['test/unit/**/*.test.ts', 'packages/*/test/unit/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          ...together,
          ...onEngines,
          name: 'integration',
          pool: 'threads',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          ...together,
          name: 'infra',
          // The tests only read what they synthesize: loading the CDK once saves most of the time.
          isolate: false,
          include: ['test/infra/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          ...patient,
          // By themselves: each runs a whole cloud, whose functions have time-outs of their own. Many of them wait.
          sequence: { groupOrder: 1 },
          maxWorkers: 3,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts', 'packages/*/test/e2e/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 240_000,
        },
      },
      {
        test: {
          ...patient,
          ...onEngines,
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          // By itself, after the rest: what is late here is late because a test made it so.
          sequence: { groupOrder: 2 },
          maxWorkers: 3,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
