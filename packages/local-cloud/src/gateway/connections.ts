import { closings, type Connection } from './connection.ts';
import type { GatewayLimits } from './limits.ts';
import type { TokenBucket } from './token-bucket.ts';

/** What API Gateway's management API says of a call that it refuses. */
interface ConnectionsError {
  readonly status: number;
  readonly errorType:
    | 'BadRequestException'
    | 'ForbiddenException'
    | 'GoneException'
    | 'LimitExceededException'
    | 'PayloadTooLargeException';
  readonly message: string;
}

export type ConnectionsOutcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: ConnectionsError };

export interface ConnectionStatus {
  readonly connectedAt: string;
  readonly identity: { readonly sourceIp: string; readonly userAgent?: string };
  readonly lastActiveAt: string;
}

/**
 * The @connections API as functions. A connection is there from the moment its upgrade is answered: to
 * one whose $connect still runs it is as gone as one that was closed.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
export class Connections {
  readonly #open = new Map<string, Connection>();
  readonly #limits: GatewayLimits;
  readonly #calls: TokenBucket;
  readonly #onPosted: () => void;

  constructor(limits: GatewayLimits, calls: TokenBucket, onPosted = (): void => {}) {
    this.#limits = limits;
    this.#calls = calls;
    this.#onPosted = onPosted;
  }

  get size(): number {
    return this.#open.size;
  }

  add(connection: Connection): void {
    this.#open.set(connection.facts.connectionId, connection);
  }

  remove(connectionId: string): void {
    this.#open.delete(connectionId);
  }

  all(): readonly Connection[] {
    return [...this.#open.values()];
  }

  post(connectionId: string, data: string | Uint8Array): ConnectionsOutcome<undefined> {
    const bytes = Buffer.from(data);
    if (bytes.length > this.#limits.messageBytes) {
      return refused(413, 'PayloadTooLargeException', 'The message is longer than 128 KB.');
    }
    return this.#with(connectionId, (connection) => {
      if (!connection.send(bytes.toString())) {
        const message = 'The client does not read as fast as it is sent to.';
        return refused(429, 'LimitExceededException', message);
      }
      this.#onPosted();
      return done;
    });
  }

  get(connectionId: string): ConnectionsOutcome<ConnectionStatus> {
    return this.#with(connectionId, ({ facts, lastActiveAtMs }) => ({
      ok: true,
      value: {
        connectedAt: new Date(facts.connectedAtMs).toISOString(),
        identity: facts.identity,
        lastActiveAt: new Date(lastActiveAtMs).toISOString(),
      },
    }));
  }

  delete(connectionId: string): ConnectionsOutcome<undefined> {
    return this.#with(connectionId, (connection) => {
      connection.close(closings.normally);
      return done;
    });
  }

  #with<Value>(
    connectionId: string,
    use: (connection: Connection) => ConnectionsOutcome<Value>,
  ): ConnectionsOutcome<Value> {
    if (!/^[\w-]{15}=$/.test(connectionId)) {
      return refused(400, 'BadRequestException', `Invalid connectionId: ${connectionId}`);
    }
    if (!this.#calls.take()) {
      return refused(429, 'LimitExceededException', 'Too many calls in this account.');
    }
    const connection = this.#open.get(connectionId);
    return connection ? use(connection) : refused(410, 'GoneException', '');
  }
}

const done = { ok: true, value: undefined } as const;

function refused(
  status: number,
  errorType: ConnectionsError['errorType'],
  message: string,
): { readonly ok: false; readonly error: ConnectionsError } {
  return { ok: false, error: { status, errorType, message } };
}
