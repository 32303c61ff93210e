import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from '../protocol/played-service.ts';
import { Environment, LARGEST_PAYLOAD } from './environment.ts';
import { EnvironmentPool } from './environment-pool.ts';
import type { FunctionSettings } from './function-settings.ts';
import type { InvokeResult } from './invoke.ts';
import type { Setup } from './messages.ts';
import { nodeBinary, type RuntimeFolder } from './runtime-folder.ts';
import { StartLine } from './start-line.ts';
import { type FunctionStatistics, Statistics } from './statistics.ts';
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
  /** Environments of one function at most. Default: 10. */
  readonly mostEnvironments?: number;
}

export interface FunctionReport extends FunctionStatistics {
  readonly name: string;
  readonly environments: { readonly total: number; readonly idle: number };
}

export interface FunctionProcess {
  readonly settings: FunctionSettings;
  readonly variables: Readonly<Record<string, string>>;
}

interface Known {
  readonly settings: FunctionSettings;
  readonly pool: EnvironmentPool;
  readonly statistics: Statistics;
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
  private readonly known = new Map<string, Known>();
  private readonly startLine = new StartLine();
  private readonly stopping = new AbortController();
  private readonly reaper: NodeJS.Timeout;

  constructor(props: FunctionsProps) {
    this.props = props;
    this.reaper = setInterval(() => this.reap(), REAP_EVERY_MS).unref();
  }

  add(settings: FunctionSettings): void {
    const statistics = new Statistics();
    const reserved = settings.reservedConcurrency;
    const pool = new EnvironmentPool({
      most: () => Math.min(this.mostNow(), reserved ?? Infinity),
      strict: reserved !== undefined,
      start: () => this.startEnvironment(settings),
      startLine: this.startLine,
      statistics,
    });
    this.known.set(settings.name, { settings, pool, statistics });
  }

  /** By name or ARN, with a version or without. */
  find(nameOrArn: string): FunctionSettings | undefined {
    return this.known.get(nameIn(nameOrArn))?.settings;
  }

  byAccessKey(accessKeyId: string): FunctionSettings | undefined {
    return [...this.known.values()].find(({ settings }) => settings.accessKeyId === accessKeyId)
      ?.settings;
  }

  settings(): readonly FunctionSettings[] {
    return [...this.known.values()].map(({ settings }) => settings);
  }

  /** Waits for the answer, as API Gateway and queues do. */
  async invoke(nameOrArn: string, event: unknown): Promise<InvokeResult> {
    const { pool } = this.get(nameOrArn);
    const text = JSON.stringify(event) ?? 'null';
    if (Buffer.byteLength(text) > LARGEST_PAYLOAD) {
      const errorMessage = `Request must be smaller than ${LARGEST_PAYLOAD} bytes for the InvokeFunction operation`;
      const errorType = 'RequestTooLargeException';
      return { ok: false, reason: 'error', errorType, errorMessage };
    }
    return pool.invoke(text);
  }

  /** Leaves the event with Lambda, as schedules do: it is tried again when it fails, for a while. */
  async invokeLater(nameOrArn: string, event: unknown): Promise<InvokeResult> {
    const { retries } = this.get(nameOrArn).settings;
    const giveUpAt = performance.now() + retries.oldestMs;
    for (let attempt = 0; ; attempt += 1) {
      const result = await this.invoke(nameOrArn, event);
      const wait = RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)] ?? 0;
      const late = performance.now() + wait > giveUpAt;
      if (result.ok || attempt >= retries.attempts || late) return result;
      if (!(await this.pause(wait))) return result;
    }
  }

  /** After its code changed: what is under way ends with the code it began with. */
  async renew(nameOrArn: string): Promise<void> {
    await this.get(nameOrArn).pool.renew();
  }

  /** As when the machine of its environments fails. */
  kill(nameOrArn: string): void {
    this.get(nameOrArn).pool.kill();
  }

  /** What a process of one's own needs to be an environment of the function. */
  processOf(nameOrArn: string): FunctionProcess {
    const { settings } = this.get(nameOrArn);
    return { settings, variables: this.variablesOf(settings) };
  }

  report(): readonly FunctionReport[] {
    return [...this.known.values()].map(({ settings, pool, statistics }) => ({
      name: settings.name,
      ...statistics.read(),
      environments: pool.counts,
    }));
  }

  async stop(): Promise<void> {
    clearInterval(this.reaper);
    this.stopping.abort();
    await Promise.all([...this.known.values()].map(({ pool }) => pool.stop()));
  }

  private get(nameOrArn: string): Known {
    const known = this.known.get(nameIn(nameOrArn));
    if (known) return known;
    throw new Error(`There is no function ${nameOrArn} in the template.`);
  }

  private startEnvironment(settings: FunctionSettings): Environment {
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
      variables: this.variablesOf(settings),
      onLine: (line, requestId) => onLog({ functionName: settings.name, requestId, line }),
      onStart: undertaker.add,
      onEnd: undertaker.remove,
    });
  }

  private variablesOf(settings: FunctionSettings): Record<string, string> {
    const { account, endpoint, runtime, variablesFor: more } = this.props;
    return variablesFor({
      settings,
      account,
      endpoint,
      runtimeFolder: runtime.folder,
      logStream: `local/[$LATEST]${randomUUID().replaceAll('-', '')}`,
      more: more(settings.name),
    });
  }

  private mostNow(): number {
    const total = [...this.known.values()].reduce((sum, { pool }) => sum + pool.counts.total, 0);
    return total < CROWD ? (this.props.mostEnvironments ?? 10) : IN_A_CROWD;
  }

  private reap(): void {
    for (const { pool } of this.known.values()) pool.reap(performance.now());
  }

  private async pause(milliseconds: number): Promise<boolean> {
    try {
      return await sleep(milliseconds, true, { signal: this.stopping.signal, ref: false });
    } catch {
      return false;
    }
  }
}

function nameIn(nameOrArn: string): string {
  const parts = nameOrArn.split(':');
  return (parts[0] === 'arn' ? parts[6] : parts[0]) ?? nameOrArn;
}
