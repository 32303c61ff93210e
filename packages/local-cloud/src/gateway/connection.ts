import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { FrameWatch } from './frame-watch.ts';
import type { GatewayLimits } from './limits.ts';
import type { Closing, ConnectionFacts } from './socket-events.ts';

export const closings = {
  normally: { code: 1000, reason: 'Connection Closed Normally' },
  goingAway: { code: 1001, reason: 'Going away' },
  binary: { code: 1003, reason: 'Binary frames are not supported' },
  tooLarge: { code: 1009, reason: 'Message too long' },
} as const satisfies Record<string, Closing>;

export interface ConnectionHooks {
  readonly onMessage: (text: string) => void;
  /** No longer to be posted to; the socket may still be open for the closing handshake. */
  readonly onClosing: () => void;
  readonly onClosed: (closing: Closing) => void;
}

/** An open connection: what may move on it, and how long it may live. */
export class Connection {
  readonly facts: ConnectionFacts;
  #lastActiveAtMs: number;
  readonly #socket: WebSocket;
  readonly #limits: GatewayLimits;
  readonly #hooks: ConnectionHooks;
  readonly #now: () => number;
  readonly #idle: NodeJS.Timeout;
  readonly #life: NodeJS.Timeout;
  #closing: Closing | undefined;

  constructor(
    facts: ConnectionFacts,
    socket: WebSocket,
    {
      limits,
      now,
      ...hooks
    }: ConnectionHooks & {
      readonly limits: GatewayLimits;
      readonly now: () => number;
    },
  ) {
    this.facts = facts;
    this.#socket = socket;
    this.#limits = limits;
    this.#hooks = hooks;
    this.#now = now;
    this.#lastActiveAtMs = facts.connectedAtMs;
    this.#idle = setTimeout(() => this.close(closings.goingAway), limits.idleMs);
    this.#life = setTimeout(() => this.close(closings.goingAway), limits.lifeMs);
    this.#listen();
  }

  get lastActiveAtMs(): number {
    return this.#lastActiveAtMs;
  }

  /** Looks at the frames that come in. Call it before the socket's first bytes are read. */
  watchFrames(stream: Duplex): void {
    const watch = new FrameWatch(this.#limits.frameBytes);
    const look = (chunk: Buffer): void => {
      this.#noteActivity();
      if (!watch.isExceededBy(chunk)) return;
      stream.off('data', look);
      this.close(closings.tooLarge);
    };
    stream.prependListener('data', look);
  }

  /** False where the client has left too much unread. */
  send(text: string): boolean {
    if (this.#socket.bufferedAmount > this.#limits.unsentBytes) return false;
    this.#noteActivity();
    // A socket that breaks now is told of by its close event.
    this.#socket.send(text, () => {});
    return true;
  }

  close(closing: Closing): void {
    if (this.#closing) return;
    this.#closing = closing;
    clearTimeout(this.#idle);
    clearTimeout(this.#life);
    this.#hooks.onClosing();
    this.#socket.close(closing.code, closing.reason);
    setTimeout(() => this.#socket.terminate(), this.#limits.closingMs).unref();
  }

  #listen(): void {
    this.#socket.on('message', (data, isBinary) => {
      if (this.#closing) return;
      if (isBinary) this.close(closings.binary);
      else this.#hooks.onMessage(textOf(data));
    });
    // The library closes by itself what breaks the protocol or its limit of length, and says so here.
    this.#socket.on('error', (error) => this.close(brokenBy(error)));
    this.#socket.on('close', (code, reason) => {
      clearTimeout(this.#idle);
      clearTimeout(this.#life);
      if (!this.#closing) this.#hooks.onClosing();
      this.#hooks.onClosed(this.#closing ?? closedByClient(code, reason.toString()));
    });
  }

  #noteActivity(): void {
    if (this.#closing) return;
    this.#lastActiveAtMs = this.#now();
    this.#idle.refresh();
  }
}

function brokenBy(error: Error): Closing {
  const isTooLarge = 'code' in error && error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
  return isTooLarge ? closings.tooLarge : { code: 1002, reason: 'Protocol error' };
}

/** https://www.rfc-editor.org/rfc/rfc6455.html#section-7.1.5: a close frame need not say why. */
function closedByClient(code: number, reason: string): Closing {
  const isUnset = code === 1005;
  return { code, reason: isUnset ? 'Client-side close frame status not set' : reason };
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

function textOf(data: Buffer | ArrayBuffer | Buffer[]): string {
  return utf8.decode(Array.isArray(data) ? Buffer.concat(data) : data);
}
