import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A shell stands between us and the engine and waits on a pipe that we hold open. The kernel closes that
 * pipe however we end, SIGKILL included, and the engine is told to stop: nothing is left behind, neither
 * a process nor a temporary folder.
 * File descriptor 3 keeps the pipe readable in the background job, whose own stdin the shell cuts off.
 */
const WATCHDOG = `
exec 3<&0
stop_signal=$1; temporary_folder=$2; shift 2
"$@" </dev/null 3<&- &
engine=$!
( read -r _ <&3; kill -s "$stop_signal" "$engine" ) 2>/dev/null &
watcher=$!
exec 3<&-
wait "$engine"
code=$?
kill "$watcher" 2>/dev/null
[ -z "$temporary_folder" ] || rm -rf "$temporary_folder"
exit "$code"
`;

const STOP_TIMEOUT_MS = 10_000;

export interface EngineCommand {
  /** What it is called in an error message. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly logFile: string;
  /** The signal that makes it stop cleanly and soon. */
  readonly stopSignal: 'INT' | 'TERM' | 'QUIT';
  /** Removed when the engine has ended. */
  readonly temporaryFolder?: string | undefined;
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
}

export interface EngineProcess {
  readonly stop: () => Promise<void>;
  /** Waits for a sign of life, and fails with the end of the log when the engine ends before it. */
  readonly until: (ready: () => Promise<boolean>, timeoutMs?: number) => Promise<void>;
}

export function startEngineProcess(engine: EngineCommand): EngineProcess {
  const log = openSync(engine.logFile, 'a');
  const watchdog = [WATCHDOG, 'sh', engine.stopSignal, engine.temporaryFolder ?? ''];
  const child = spawn('/bin/sh', ['-c', ...watchdog, engine.command, ...engine.args], {
    stdio: ['pipe', log, log],
    // A group of its own: a Ctrl-C in the terminal is for us, and we stop the engines last.
    detached: true,
    cwd: '/',
    env: engineEnvironment(),
    ...engine.user,
  });
  closeSync(log);
  const exited = once(child, 'exit').then(
    () => true,
    () => true,
  );
  child.stdin?.on('error', () => undefined);
  return {
    stop: () => stopProcess(child, exited),
    until: (ready, timeoutMs = 15_000) => waitUntil(engine, child, ready, timeoutMs),
  };
}

/** The same wherever it is started: no locale, no zone, nothing of the developer's. */
export function engineEnvironment(): { PATH: string; LC_ALL: string; TZ: string } {
  return { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}

async function stopProcess(child: ChildProcess, exited: Promise<boolean>): Promise<void> {
  if (hasEnded(child)) return;
  child.stdin?.end();
  const stopped = await Promise.race([exited, sleep(STOP_TIMEOUT_MS, false, { ref: false })]);
  if (!stopped && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
}

async function waitUntil(
  engine: EngineCommand,
  child: ChildProcess,
  ready: () => Promise<boolean>,
  timeoutMs: number,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await ready())) {
    if (hasEnded(child) || performance.now() > deadline) {
      throw new Error(`${engine.name} did not start. The end of its log:\n${logTail(engine)}`);
    }
    await sleep(10);
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

function logTail(engine: EngineCommand): string {
  if (!existsSync(engine.logFile)) return '(removed with its folder)';
  return readFileSync(engine.logFile, 'utf8').split('\n').slice(-15).join('\n').trim();
}
