import * as z from 'zod';
import { cityRequests } from '../../city/live/api/api.ts';

const Entry = z.object({ level: z.string(), requestId: z.string().optional() });

interface Logged {
  readonly line: string;
}

/**
 * Leaves out what functions say of the city's own requests, and while it wakes, all but warnings: a developer looks for
 * what becomes of the own ones.
 */
export function withoutCity<Line extends Logged>(
  print: (line: Line) => void,
  isWaking: () => boolean,
): (line: Line) => void {
  return (line) => {
    const { data } = Entry.safeParse(parsed(line.line));
    const isNews = data?.level === 'INFO' || data?.level === 'DEBUG';
    if (isNews && (isWaking() || data.requestId?.startsWith(cityRequests))) return;
    print(line);
  };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
