import { cruise } from 'dependency-cruiser';
import { resolve } from 'node:path';
import { rules, walkOptions } from './rules.ts';

/** The rooms that the rules are about, and those that may do as they please. */
const rooms = [
  'bin',
  'lib',
  'functions',
  'layers',
  'prisma',
  'src',
  'packages',
  'local',
  'city',
  'bench',
  'tools',
  'test',
];

interface Walk {
  /** Each as `rule from a file: what it imports`. */
  readonly wrongArrows: readonly string[];
  readonly modules: readonly string[];
  readonly arrows: number;
}

/** Follows every import of the rooms, and says which break the rules of `rules.ts`. */
export async function walkHouse(
  through: readonly string[] = rooms,
  baseDir = resolve(import.meta.dirname, '../..'),
): Promise<Walk> {
  const { output } = await cruise([...through], {
    ...walkOptions,
    baseDir,
    validate: true,
    ruleSet: rules,
  });
  if (typeof output === 'string') throw new Error(output);
  const { summary, modules } = output;
  return {
    wrongArrows: summary.violations.map(({ rule, from, to }) => `${rule.name} from ${from}: ${to}`),
    modules: modules.map(({ source }) => source),
    arrows: summary.totalDependenciesCruised ?? 0,
  };
}
