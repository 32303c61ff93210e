import { SocketRequest } from '../../contract/socket/protocol.ts';

/** What a client said, whatever its framing is. */
export interface Said {
  readonly action: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What a client is told, whatever its framing is. Events have an id and a time, answers have the `ref` of the action. */
export interface Told {
  readonly event: string;
  readonly ref?: string | undefined;
  readonly id?: string;
  readonly at?: string;
  readonly data?: Readonly<Record<string, unknown>> | undefined;
}

/** A message's `ref` is read first: an error carries it, too. */
const Ref = SocketRequest.pick({ ref: true });

export function refIn(message: Readonly<Record<string, unknown>>): string | undefined {
  return Ref.safeParse(message).data?.ref ?? undefined;
}

/** The fields of an action may stand in `data`, or beside `action`. */
export function saidIn({ action, data, ...beside }: SocketRequest): Said {
  return { action, data: { ...beside, ...data } };
}

/** One JSON object per message. */
export function writeAnswer({ event, ref, id, at, data }: Told): string {
  return JSON.stringify({ event, ...(ref && { ref }), id, at, data });
}
