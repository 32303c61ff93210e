const CHECK_MS = 1000;

/**
 * Calls once the process that started us is gone: npm, ended by a signal that does not reach us. We are
 * then another's child: of the first process, or of the nearest that adopts.
 */
export function whenOrphaned(then: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    then();
  }, CHECK_MS);
  timer.unref();
}
