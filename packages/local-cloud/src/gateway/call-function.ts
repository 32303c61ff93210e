import type { InvokeResult } from '../lambda/invoke.ts';

/** What became of an integration: the function's outcome, or the gateway's own patience ending first. */
export type Integration =
  | InvokeResult
  | { readonly ok: false; readonly reason: 'integration-timeout' };

/** The function goes on when the gateway has stopped waiting, as it does in the cloud. */
export async function callFunction(
  invoke: () => Promise<InvokeResult>,
  timeoutMs: number,
): Promise<Integration> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<Integration>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false, reason: 'integration-timeout' }), timeoutMs);
  });
  try {
    return await Promise.race([invoke(), patience]);
  } catch (error) {
    return { ok: false, reason: 'error', errorType: 'InvokeFailed', errorMessage: String(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** Whether an event is more than a function can be sent; only a long body can make it so. */
export function tooLargeFor(payloadBytes: number, event: object, bodyLength: number): boolean {
  // JSON writes a character as at most six bytes, and all but the body is within the header quota.
  if (bodyLength * 6 + 200_000 < payloadBytes) return false;
  return Buffer.byteLength(JSON.stringify(event)) > payloadBytes;
}
