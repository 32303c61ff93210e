import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from '../protocol/played-service.ts';
import {
  type AliasTarget,
  DeployedFunction,
  LATEST,
  type VersionOfFunction,
} from './deployed-function.ts';
import { Environment, LARGEST_PAYLOAD } from './environment.ts';
import { EnvironmentPool } from './environment-pool.ts';
import { type FunctionSettings, retriesOf } from './function-settings.ts';
import type { InvokeResult } from './invoke.ts';
import type { Setup } from './messages.ts';
import { nodeBinary, type RuntimeFolder } from './runtime-folder.ts';
import { StartLine } from './start-line.ts';
import type { FunctionStatistics, Statistics } from './statistics.ts';
import type { InvocationFacts } from '../watch/service-metrics.ts';
import type { Undertaker } from './undertaker.ts';
import { variablesFor } from './variables.ts';

export interface LogLine {
  readonly functionName: string;
  /** Undefined while a module loads. */
  readonly requestId: string | undefined;
  readonly line: string;
}

export interface FunctionsProps {
  readonly account: Account;
  readonly endpoint: string;
  readonly runtime: RuntimeFolder;
  readonly undertaker: Undertaker;
  /** Ports of stores that stand in the VPC. */
  readonly vpcPorts: readonly number[];
  /** What the function of this name gets beside the template's variables. */
  readonly variablesFor: (functionName: string) => Readonly<Record<string, string>>;
  /** Whether functions in the VPC reach the internet. */
  readonly hasWayOut: boolean;
  readonly onLog: (line: LogLine) => void;
  /** Hears of each event that was worked off or refused. */
  readonly onInvocation: (facts: InvocationFacts) => void;
  /** Environments of one function at most. Default: 10. */
  readonly mostEnvironments?: number;
}

export interface FunctionReport extends FunctionStatistics {
  readonly name: string;
  readonly environments: { readonly total: number; readonly idle: number };
}

/** With all garbage collected: what grows in it for ever is a leak. */
export interface KeptMemory {
  readonly name: string;
  /** Of each environment. */
  readonly megabytes: readonly number[];
}

export interface FunctionProcess {
  readonly settings: FunctionSettings;
  readonly variables: Readonly<Record<string, string>>;
}

const REAP_EVERY_MS = 5_000;
/** Environments of all functions together, beyond which each may have few. */
const CROWD = 32;
const IN_A_CROWD = 2;
/** Lambda waits a minute before it tries an event again, then two. */
const RETRY_MS = [60_000, 120_000];

/** All functions of the cloud. */
export class Functions {
  private readonly props: FunctionsProps;
  private readonly known = new Map<string, DeployedFunction>();
  /** Environments of a function at most, where the template or an operator has said so. */
  private readonly reserved = new Map<string, number>();
  private readonly startLine = new StartLine();
  private readonly stopping = new AbortController();
  /** Attempts under way at events that were left with Lambda. */
  private readonly tries = new Set<Promise<InvokeResult>>();
  private readonly reaper: NodeJS.Timeout;

  constructor(props: FunctionsProps) {
    this.props = props;
    this.reaper = setInterval(() => this.reap(), REAP_EVERY_MS).unref();
  }

  /** A function of the template, for the first time or after it changed. */
  async add(settings: FunctionSettings): Promise<void> {
    const { name, reservedConcurrency } = settings;
    const known = this.known.get(name);
    if (known?.settings.reservedConcurrency !== reservedConcurrency) {
      if (reservedConcurrency === undefined) this.reserved.delete(name);
      else this.reserved.set(name, reservedConcurrency);
    }
    if (known) return known.update(settings);
    const makePool = this.makePool.bind(this);
    this.known.set(name, new DeployedFunction({ settings, makePool }));
  }

  /** Answers with the number of a version, of the code that the function has now. */
  publish(nameOrArn: string, logicalId: string): string {
    return this.get(nameOrArn).publish(logicalId);
  }

  arnOf(nameOrArn: string): string {
    return this.get(nameOrArn).settings.arn;
  }

  targetOf(nameOrArn: string, alias: string): AliasTarget | undefined {
    return this.get(nameOrArn).targetOf(alias);
  }

  /** From now on, calls of an alias go there. What is under way ends where it began. */
  async point(nameOrArn: string, alias: string, target: AliasTarget): Promise<void> {
    await this.get(nameOrArn).point(alias, target);
  }

  /** Forgets the functions and versions that the template does not have any more. */
  async keepOnly(names: ReadonlySet<string>, logicalIds: ReadonlySet<string>): Promise<void> {
    for (const [name, each] of this.known) {
      await each.keepOnly((logicalId) => logicalIds.has(logicalId));
      if (names.has(name)) continue;
      this.known.delete(name);
      await Promise.all(each.all.map(({ pool }) => pool.stop()));
    }
  }

  /** By name or ARN, with a version or an alias or without. */
  find(nameOrArn: string): FunctionSettings | undefined {
    const known = this.known.get(nameIn(nameOrArn));
    return known?.has(qualifierIn(nameOrArn)) === true ? known.settings : undefined;
  }

  byAccessKey(accessKeyId: string): FunctionSettings | undefined {
    return [...this.known.values()].find(({ settings }) => settings.accessKeyId === accessKeyId)
      ?.settings;
  }

  settings(): readonly FunctionSettings[] {
    return [...this.known.values()].map(({ settings }) => settings);
  }

  reservationOf(nameOrArn: string): number | undefined {
    return this.reserved.get(this.get(nameOrArn).settings.name);
  }

  /** As an operator does, past the template. With 0, nobody can call the function. */
  reserve(nameOrArn: string, environments: number | undefined): void {
    const { name } = this.get(nameOrArn).settings;
    if (environments === undefined) this.reserved.delete(name);
    else this.reserved.set(name, environments);
  }

  /** Waits for the answer, as API Gateway and queues do. */
  async invoke(nameOrArn: string, event: unknown): Promise<InvokeResult> {
    const qualifier = qualifierIn(nameOrArn);
    const { version, pool, settings } = this.next(nameOrArn);
    const text = JSON.stringify(event) ?? 'null';
    if (Buffer.byteLength(text) > LARGEST_PAYLOAD) {
      const errorMessage = `Request must be smaller than ${LARGEST_PAYLOAD} bytes for the InvokeFunction operation`;
      const errorType = 'RequestTooLargeException';
      return { ok: false, reason: 'error', errorType, errorMessage };
    }
    const invokedArn = qualifier === undefined ? settings.arn : `${settings.arn}:${qualifier}`;
    const { result, milliseconds } = await pool.invoke(text, invokedArn);
    const outcome = outcomeOf(result);
    const facts = { functionName: settings.name, qualifier, outcome, milliseconds };
    // Lambda tells the version where the caller did not.
    const isAlias = qualifier !== undefined && qualifier !== version;
    this.props.onInvocation(isAlias ? { ...facts, executedVersion: version } : facts);
    return result;
  }

  /** Leaves the event with Lambda, as schedules do: it is tried again when it fails, for a while. */
  async invokeLater(nameOrArn: string, event: unknown): Promise<InvokeResult> {
    const retries = retriesOf(this.get(nameOrArn).settings, qualifierIn(nameOrArn));
    const giveUpAt = performance.now() + retries.oldestMs;
    for (let attempt = 0; ; attempt += 1) {
      const trying = this.invoke(nameOrArn, event);
      this.tries.add(trying);
      const result = await trying.finally(() => this.tries.delete(trying));
      const wait = RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)] ?? 0;
      const late = performance.now() + wait > giveUpAt;
      if (result.ok || attempt >= retries.attempts || late) return result;
      if (!(await this.pause(wait))) return result;
    }
  }

  /** When what was left with Lambda by now was tried once more, or for the first time. */
  async tried(): Promise<void> {
    await Promise.allSettled(this.tries);
  }

  /** After its code changed: what is under way ends with the code it began with. */
  async renew(nameOrArn: string): Promise<void> {
    await Promise.all(this.get(nameOrArn).all.map(({ pool }) => pool.renew()));
  }

  /** As when the machine of its environments fails. */
  kill(nameOrArn: string): void {
    for (const { pool } of this.get(nameOrArn).all) pool.kill();
  }

  /** What a process of one's own needs to be an environment of the function. */
  processOf(nameOrArn: string): FunctionProcess {
    const { settings } = this.get(nameOrArn);
    return { settings, variables: this.variablesOf(settings, LATEST) };
  }

  report(): readonly FunctionReport[] {
    return [...this.known.values()].map(({ settings, all, statistics }) => {
      const counts = all.map(({ pool }) => pool.counts);
      const total = counts.reduce((sum, each) => sum + each.total, 0);
      const idle = counts.reduce((sum, each) => sum + each.idle, 0);
      return { name: settings.name, ...statistics.read(), environments: { total, idle } };
    });
  }

  /** What the environments of each function keep. */
  async kept(): Promise<readonly KeptMemory[]> {
    const found: KeptMemory[] = [];
    for (const { settings, all } of this.known.values()) {
      const bytes: number[] = [];
      for (const { pool } of all) bytes.push(...(await pool.kept()));
      found.push({ name: settings.name, megabytes: bytes.map((each) => each / 1024 ** 2) });
    }
    return found;
  }

  async stop(): Promise<void> {
    clearInterval(this.reaper);
    this.stopping.abort();
    await Promise.all(this.versions().map(({ pool }) => pool.stop()));
  }

  private next(nameOrArn: string): VersionOfFunction {
    const qualifier = qualifierIn(nameOrArn);
    const found = this.get(nameOrArn).next(qualifier);
    if (found) return found;
    throw new Error(`${nameIn(nameOrArn)} has no version or alias ${qualifier}.`);
  }

  private versions(): readonly VersionOfFunction[] {
    return [...this.known.values()].flatMap(({ all }) => all);
  }

  private makePool(
    settings: FunctionSettings,
    version: string,
    statistics: Statistics,
  ): EnvironmentPool {
    const { name } = settings;
    const pool: EnvironmentPool = new EnvironmentPool({
      most: () => Math.min(this.mostNow(), this.leftOfReserved(name, pool)),
      strict: () => this.reserved.has(name),
      start: () => this.startEnvironment(settings, version),
      startLine: this.startLine,
      statistics,
    });
    return pool;
  }

  /** What is reserved is for all versions of a function together. */
  private leftOfReserved(name: string, pool: EnvironmentPool): number {
    const reserved = this.reserved.get(name) ?? Infinity;
    const others = this.known.get(name)?.all.filter((each) => each.pool !== pool) ?? [];
    return others.reduce((left, each) => left - each.pool.counts.total, reserved);
  }

  private get(nameOrArn: string): DeployedFunction {
    const known = this.known.get(nameIn(nameOrArn));
    if (known) return known;
    throw new Error(`There is no function ${nameOrArn} in the template.`);
  }

  private startEnvironment(settings: FunctionSettings, version: string): Environment {
    const { endpoint, runtime, undertaker, vpcPorts, hasWayOut, onLog } = this.props;
    const network: Setup['network'] = {
      endpointPort: Number(new URL(endpoint).port),
      insideVpc: settings.insideVpc,
      hasWayOut,
      vpcPorts: [...vpcPorts],
    };
    return new Environment({
      settings,
      node: nodeBinary(),
      main: runtime.main,
      network,
      variables: this.variablesOf(settings, version),
      onLine: (line, requestId) => onLog({ functionName: settings.name, requestId, line }),
      onStart: undertaker.add,
      onEnd: undertaker.remove,
    });
  }

  private variablesOf(settings: FunctionSettings, version: string): Record<string, string> {
    const { account, endpoint, runtime, variablesFor: more } = this.props;
    return variablesFor({
      settings,
      account,
      endpoint,
      runtimeFolder: runtime.folder,
      version,
      logStream: `local/[${version}]${randomUUID().replaceAll('-', '')}`,
      more: more(settings.name),
    });
  }

  private mostNow(): number {
    const total = this.versions().reduce((sum, { pool }) => sum + pool.counts.total, 0);
    return total < CROWD ? (this.props.mostEnvironments ?? 10) : IN_A_CROWD;
  }

  private reap(): void {
    for (const { pool } of this.versions()) pool.reap(performance.now());
  }

  private async pause(milliseconds: number): Promise<boolean> {
    try {
      return await sleep(milliseconds, true, { signal: this.stopping.signal, ref: false });
    } catch {
      return false;
    }
  }
}

function outcomeOf(result: InvokeResult): InvocationFacts['outcome'] {
  if (result.ok) return 'success';
  return result.reason === 'throttled' ? 'throttled' : 'error';
}

/** The alias or version that a name or an ARN ends with. */
function qualifierIn(nameOrArn: string): string | undefined {
  const parts = nameOrArn.split(':');
  return parts[0] === 'arn' ? parts[7] : parts[1];
}

function nameIn(nameOrArn: string): string {
  const parts = nameOrArn.split(':');
  return (parts[0] === 'arn' ? parts[6] : parts[0]) ?? nameOrArn;
}
