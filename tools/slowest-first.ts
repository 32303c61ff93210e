import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * In seconds, on a quiet machine of two cores: test files that take long, mostly by waiting. They begin first, so that
 * none of them is still running when all others are done.
 */
const slow: Readonly<Record<string, number>> = {
  'e2e/city': 150,
  'e2e/soak': 90,
  'faults/releases': 90,
  'faults/realtime-faults': 77,
  'faults/planted-faults': 60,
  'faults/polling-fuzz': 53,
  'faults/random-cuts': 45,
  'faults/captain-cuts': 44,
  'faults/order-freezes-postgres': 37,
  'faults/order-freezes': 31,
  'e2e/local-start': 55,
  'e2e/smoke': 35,
  'faults/polling-upgrades': 29,
  'e2e/socket-io': 27,
  'integration/polling': 25,
  'faults/order-killed': 25,
  'faults/order-races': 22,
  'faults/order-faults': 20,
  'e2e/realtime': 19,
  'faults/order-model': 18,
  'e2e/trips': 15,
  'e2e/app-calls': 13,
  'faults/socket-fuzz': 15,
  'faults/login-faults': 15,
  'integration/polling-sessions': 20,
  'integration/import-predecessor': 17,
  'infra/dashboard': 17,
  'integration/order-bad-input': 15,
  'infra/cdk-command': 14,
  'e2e/dispatch': 14,
  'faults/queue-freezes': 12,
  'faults/dispatch-faults': 11,
  'faults/session-faults': 11,
  'integration/new-migration': 11,
};

export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const seconds = ({ moduleId }: TestSpecification) =>
      Object.entries(slow).find(([name]) => moduleId.endsWith(`${name}.test.ts`))?.[1] ?? 0;
    return (await super.sort(files)).toSorted((a, b) => seconds(b) - seconds(a));
  }
}
