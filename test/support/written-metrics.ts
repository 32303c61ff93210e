import { vi } from 'vitest';

/** From now on, until mocks are restored, metrics go here. They must not be switched off in POWERTOOLS_METRICS_DISABLED. */
export function writtenMetrics(): { readonly names: () => readonly string[] } {
  const names: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
    for (const each of String(line).split('\n')) {
      if (each.includes('"_aws"')) names.push(...namesIn(JSON.parse(each) as Emf));
    }
    return true;
  });
  return { names: () => names.toSorted() };
}

interface Emf {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
}

const namesIn = ({ _aws }: Emf) =>
  _aws.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name));
