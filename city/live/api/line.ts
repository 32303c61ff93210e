import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import * as z from 'zod';
import type { Account } from './account.ts';

/** What comes over a socket. */
const Heard = z.looseObject({
  event: z.string(),
  id: z.string().optional(),
  ref: z.string().optional(),
  data: z.unknown().optional(),
});
export type Heard = z.output<typeof Heard>;

interface LineProps {
  readonly origin: string;
  readonly account: Account;
  readonly onHeard: (heard: Heard) => void;
}

/** Not said by the server: from here on, nothing is heard. */
export const lineLost = 'line lost';

const firstPauseMs = 500;
const longestPauseMs = 15_000;
/** The contract asks for one every four to five minutes. */
const pingMs = 240_000;

/** The socket of an app: it comes back by itself when it is lost, and asks for what is live. */
export class Line {
  readonly #props: LineProps;
  #socket: WebSocket | undefined;
  #lost = 0;
  #wanted = false;
  #timer: NodeJS.Timeout | undefined;
  readonly #pings: NodeJS.Timeout;

  constructor(props: LineProps) {
    this.#props = props;
    this.#pings = setInterval(() => this.#say({ action: 'ping', ref: randomUUID() }), pingMs);
  }

  open(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    void this.#connect();
  }

  /** Without a word, as a phone that loses its network. */
  cut(): void {
    this.#wanted = false;
    clearTimeout(this.#timer);
    this.#socket?.terminate();
  }

  /** For good. */
  close(): void {
    this.cut();
    clearInterval(this.#pings);
  }

  async #connect(): Promise<void> {
    const { origin, account } = this.#props;
    const token = await account.token().catch(() => undefined);
    if (!this.#wanted) return;
    if (token === undefined) return this.#again();
    const url = `${origin.replace('http', 'ws')}/ws`;
    const socket = new WebSocket(url, ['weelo.v1', `bearer.${token}`]);
    this.#socket = socket;
    socket.on('open', () => {
      this.#lost = 0;
      this.#say({ action: 'resume', ref: randomUUID() });
    });
    // Whole, for we ask for no other type.
    socket.on('message', (data: Buffer) => this.#hear(data));
    // What is wrong with it closes it, too.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#props.onHeard({ event: lineLost });
      if (this.#socket === socket && this.#wanted) this.#again();
    });
  }

  #again(): void {
    const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** this.#lost) * (0.5 + Math.random());
    this.#lost += 1;
    this.#timer = setTimeout(() => void this.#connect(), pause);
  }

  #hear(data: Buffer): void {
    const { data: heard } = Heard.safeParse(JSON.parse(data.toString('utf8')));
    // API Gateway itself says, without an event, that a message of ours was lost; apps read on.
    if (!heard) return;
    if (heard.id !== undefined) this.#say({ action: 'ack', eventId: heard.id });
    this.#props.onHeard(heard);
  }

  #say(message: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}
