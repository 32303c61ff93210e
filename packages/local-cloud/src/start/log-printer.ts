import * as z from 'zod';
import type { LogLine } from '../lambda/functions.ts';

const Entry = z.looseObject({
  level: z.string(),
  message: z.unknown(),
  timestamp: z.string().optional(),
});

/** What every line of the logger says, and nobody wants to read on every line. */
const COMMON = new Set([
  'level',
  'message',
  'timestamp',
  'service',
  'cold_start',
  'function_arn',
  'function_memory_size',
  'function_name',
  'function_request_id',
  'sampling_rate',
  'xray_trace_id',
]);

/** Prints what functions log: as it is, or so that a person can read it. */
export function logPrinter(json: boolean, print: (line: string) => void): (line: LogLine) => void {
  if (json) return (line) => print(asJson(line));
  return (line) => {
    const readable = asText(line);
    if (readable !== undefined) print(readable);
  };
}

function asJson({ functionName, requestId, line }: LogLine): string {
  const value = parsed(line);
  if (typeof value === 'object' && value !== null) return line;
  return JSON.stringify({
    function_name: functionName,
    function_request_id: requestId,
    message: line,
  });
}

/** Undefined for metrics, which are for machines. */
function asText({ functionName, line }: LogLine): string | undefined {
  const value = parsed(line);
  if (typeof value === 'object' && value !== null && '_aws' in value) return undefined;
  const entry = Entry.safeParse(value);
  const now = new Date().toISOString();
  if (!entry.success) return `${timeIn(now)} ${functionName} ${line}`;
  const { level, message, timestamp = now, ...rest } = entry.data;
  const facts = Object.entries(rest)
    .filter(([key]) => !COMMON.has(key))
    .map(([key, fact]) => `${key}=${short(fact)}`);
  return [timeIn(timestamp), functionName, level, short(message), ...facts].join(' ');
}

function timeIn(timestamp: string): string {
  return timestamp.slice(11, 23);
}

function short(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function parsed(line: string): unknown {
  try {
    return line.startsWith('{') ? JSON.parse(line) : undefined;
  } catch {
    return undefined;
  }
}
