import { readFileSync } from 'node:fs';

const EVERY_MS = 100;

/**
 * Says once when a process has more memory of its own than its function may have. The limit of V8's heap
 * does not see buffers; Lambda does. Only Linux tells; elsewhere the heap's limit is the only one.
 */
export function watchMemory(
  pid: number | undefined,
  megabytes: number,
  onExceeded: () => void,
): () => void {
  const timer = setInterval(() => {
    if (megabytesOf(pid) <= megabytes) return;
    clearInterval(timer);
    onExceeded();
  }, EVERY_MS);
  return () => clearInterval(timer);
}

/** Reads at once: the kernel answers from memory, and four turns through Node's thread pool cost more. */
function megabytesOf(pid: number | undefined): number {
  try {
    // Without the pages of Node.js' own program, which all environments share.
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
