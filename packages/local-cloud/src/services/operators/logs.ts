import * as z from 'zod';
import type { Functions } from '../../lambda/functions.ts';
import type { CloudValues } from '../../template/cloud-values.ts';
import { fieldsOf, targetOf } from '../../protocol/json-request.ts';
import type {
  PlayedRequest,
  PlayedResponse,
  PlayedService,
} from '../../protocol/played-service.ts';
import { errorIn } from '../../protocol/wire-errors.ts';
import { logPattern } from './log-pattern.ts';

interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
}

/** What is kept of each function's lines. */
const KEPT = 5000;

/** The newest lines of each function, for who looks into its log group. */
export class LogBook {
  private readonly lines = new Map<string, LogEvent[]>();

  keep(functionName: string, message: string): void {
    const events = this.lines.get(functionName) ?? [];
    events.push({ timestamp: Date.now(), message });
    // Twice the room, then half of it is dropped: no shifting of the whole list for each line.
    this.lines.set(functionName, events.length < 2 * KEPT ? events : events.slice(-KEPT));
  }

  of(functionName: string): readonly LogEvent[] {
    return this.lines.get(functionName) ?? [];
  }
}

const Filter = z.object({
  logGroupName: z.string(),
  filterPattern: z.string().default(''),
  startTime: z.number().default(0),
  endTime: z.number().default(Infinity),
});

/** CloudWatch Logs, as far as `aws logs tail` asks. Only functions have logs here: the APIs write none. */
export function playLogs({ functions, book, values }: LogsProps): PlayedService {
  return {
    signingName: 'logs',
    wireFormat: 'json-1.1',
    actionOf: (request) =>
      targetOf(request) === 'FilterLogEvents' ? 'logs:FilterLogEvents' : undefined,
    handle: async (request) => filtered(request, { functions, book, values }),
  };
}

interface LogsProps {
  readonly functions: Functions;
  readonly book: LogBook;
  readonly values: CloudValues;
}

function filtered(request: PlayedRequest, { functions, book, values }: LogsProps): PlayedResponse {
  const { logGroupName, filterPattern, startTime, endTime } = Filter.parse(fieldsOf(request));
  const settings = functions.settings().find(({ logGroup }) => logGroup === logGroupName);
  const groups = values.resources('AWS::Logs::LogGroup').map((each) => values.refOf(each));
  if (!settings && !groups.includes(logGroupName)) {
    const message = `The specified log group does not exist: ${logGroupName}`;
    return errorIn('json-1.1', { status: 400, code: 'ResourceNotFoundException', message });
  }
  const matches = logPattern(filterPattern);
  const events = book
    .of(settings?.name ?? '')
    .filter(({ timestamp }) => timestamp >= startTime && timestamp <= endTime)
    .filter(({ message }) => matches(message))
    .map((event, index) => ({ ...event, logStreamName: 'local', eventId: String(index) }));
  const headers = { 'content-type': 'application/x-amz-json-1.1' };
  return { status: 200, headers, body: JSON.stringify({ events, searchedLogStreams: [] }) };
}
