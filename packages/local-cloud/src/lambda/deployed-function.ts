import { isDeepStrictEqual } from 'node:util';
import type { EnvironmentPool } from './environment-pool.ts';
import type { FunctionSettings } from './function-settings.ts';
import { Statistics } from './statistics.ts';

/** What one version runs, and its environments. */
export interface VersionOfFunction {
  /** `$LATEST` until it is published. */
  readonly version: string;
  readonly settings: FunctionSettings;
  readonly pool: EnvironmentPool;
}

/** Where calls of an alias go. */
export interface AliasTarget {
  readonly version: string;
  /** A version that gets a share of the calls, from 0 to 1. */
  readonly next?: { readonly version: string; readonly share: number };
}

interface Alias {
  readonly target: AliasTarget;
  /** Calls so far, so that the share is met exactly. */
  calls: number;
}

export const LATEST = '$LATEST';

export interface DeployedFunctionProps {
  readonly settings: FunctionSettings;
  readonly makePool: (
    settings: FunctionSettings,
    version: string,
    statistics: Statistics,
  ) => EnvironmentPool;
}

/** One function: its newest code, the versions that were published of it, and the aliases that name them. */
export class DeployedFunction {
  readonly statistics = new Statistics();
  private readonly makePool: DeployedFunctionProps['makePool'];
  private latest: VersionOfFunction;
  /** By the logical id of the template's resource: as long as that is the same, the version is. */
  private readonly published = new Map<string, VersionOfFunction>();
  private readonly aliases = new Map<string, Alias>();
  private newest = 0;

  constructor({ settings, makePool }: DeployedFunctionProps) {
    this.makePool = makePool;
    this.latest = this.made(settings, LATEST);
  }

  get settings(): FunctionSettings {
    return this.latest.settings;
  }

  get all(): readonly VersionOfFunction[] {
    return [this.latest, ...this.published.values()];
  }

  /** New code or settings. Versions that were published keep theirs. */
  async update(settings: FunctionSettings): Promise<void> {
    if (isDeepStrictEqual(settings, this.latest.settings)) return;
    const { pool } = this.latest;
    this.latest = this.made(settings, LATEST);
    await pool.renew();
  }

  /** Answers with the number of the version. */
  publish(logicalId: string): string {
    const known = this.published.get(logicalId);
    if (known) return known.version;
    this.newest += 1;
    const made = this.made(this.latest.settings, String(this.newest));
    this.published.set(logicalId, made);
    return made.version;
  }

  targetOf(alias: string): AliasTarget | undefined {
    return this.aliases.get(alias)?.target;
  }

  async point(alias: string, target: AliasTarget): Promise<void> {
    for (const each of [target.version, target.next?.version ?? target.version]) {
      if (this.versionNamed(each)) continue;
      throw new Error(`${this.settings.name} has no version ${each} for its alias ${alias}.`);
    }
    if (isDeepStrictEqual(this.targetOf(alias), target)) return;
    this.aliases.set(alias, { target, calls: 0 });
    await this.retire();
  }

  /** What runs the next call of a version, of an alias, or of neither. Undefined: there is no such thing. */
  next(qualifier = LATEST): VersionOfFunction | undefined {
    const alias = this.aliases.get(qualifier);
    if (!alias) return this.versionNamed(qualifier);
    alias.calls += 1;
    const { version, next } = alias.target;
    const isForNext =
      next && Math.floor(alias.calls * next.share) > Math.floor((alias.calls - 1) * next.share);
    return this.versionNamed(isForNext ? next.version : version);
  }

  has(qualifier = LATEST): boolean {
    return this.aliases.has(qualifier) || this.versionNamed(qualifier) !== undefined;
  }

  isAlias(qualifier: string): boolean {
    return this.aliases.has(qualifier);
  }

  /** Forgets what the template does not have any more. */
  async keepOnly(isThere: (logicalId: string) => boolean): Promise<void> {
    const gone = [...this.published].filter(([logicalId]) => !isThere(logicalId));
    for (const [logicalId] of gone) this.published.delete(logicalId);
    await Promise.all(gone.map(([, { pool }]) => pool.renew()));
  }

  /** Environments of a version that no alias names have nothing to do: what is under way ends in them. */
  private async retire(): Promise<void> {
    const named = new Set(
      [...this.aliases.values()].flatMap(({ target }) => [target.version, target.next?.version]),
    );
    const idle = [...this.published.values()].filter(({ version }) => !named.has(version));
    await Promise.all(idle.map(({ pool }) => pool.renew()));
  }

  private versionNamed(version: string): VersionOfFunction | undefined {
    return this.all.find((each) => each.version === version);
  }

  private made(settings: FunctionSettings, version: string): VersionOfFunction {
    return { version, settings, pool: this.makePool(settings, version, this.statistics) };
  }
}
