import { endOfOutput } from './end-of-output.ts';

const LONGEST_LINE = 256 * 1024;

/**
 * What an environment prints on one of its streams, with the request that printed it. It may be read long after the
 * request was answered, and after the next one has begun: so each request prints where its own output ends.
 */
export class Output {
  private readonly onLine: (line: string, requestId: string | undefined) => void;
  /** Requests whose end has not been read, the oldest first. */
  private readonly begun: string[] = [];
  private ended: string | undefined;

  constructor(onLine: (line: string, requestId: string | undefined) => void) {
    this.onLine = onLine;
  }

  begin(requestId: string): void {
    this.begun.push(requestId);
  }

  read(line: string): void {
    const [text = '', ...ends] = line.split(endOfOutput);
    const hasEnded = ends.length > 0;
    // An end has a line of its own, unless the request's last line was not finished.
    if (!hasEnded || text !== '')
      this.onLine(text.slice(0, LONGEST_LINE), this.begun[0] ?? this.ended);
    if (hasEnded) this.ended = this.begun.shift();
  }
}
