import { format } from 'node:util';

const levels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const methods = {
  trace: 'TRACE',
  debug: 'DEBUG',
  log: 'INFO',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
} as const;

/**
 * A function whose template asks for JSON logs has its console wrapped, and cut at the level that it
 * asks for; one with text logs prints what it prints.
 */
export function tameConsole(currentRequest: () => string | undefined): void {
  if (process.env['AWS_LAMBDA_LOG_FORMAT'] !== 'JSON') return;
  const least = levels.indexOf(process.env['AWS_LAMBDA_LOG_LEVEL'] ?? 'INFO');
  for (const [method, level] of Object.entries(methods)) {
    const print = (...values: unknown[]): void => {
      if (levels.indexOf(level) < least) return;
      const line = { timestamp: new Date().toISOString(), level, requestId: currentRequest() };
      process.stdout.write(`${JSON.stringify({ ...line, message: format(...values) })}\n`);
    };
    Object.assign(console, { [method]: print });
  }
}
