import * as z from 'zod';
import { writeEnginePacket } from './engine-io.ts';

/** Socket.IO 5 in texts: https://github.com/socketio/socket.io-protocol. Binary packets are not spoken. */
export type SocketIoPacket = { readonly namespace: string } & (
  | { readonly type: 'connect'; readonly data?: Data | undefined }
  | { readonly type: 'disconnect' }
  | { readonly type: 'event'; readonly id?: number | undefined; readonly data: EventData }
  | { readonly type: 'ack'; readonly id: number; readonly data: readonly unknown[] }
  | { readonly type: 'connect_error'; readonly data: Data | string }
);

type Data = Readonly<Record<string, unknown>>;
type EventData = readonly [name: string, ...rest: readonly unknown[]];

/** The namespace in which everything is said. */
export const mainNamespace = '/';

const Data = z.record(z.string(), z.unknown());
const none = z.undefined().optional();
const shapes = [
  z.object({ type: z.literal('connect'), id: none, data: Data.optional() }),
  z.object({ type: z.literal('disconnect'), id: none, data: none }),
  z.object({
    type: z.literal('event'),
    id: z.int().optional(),
    data: z.tuple([z.string()], z.unknown()),
  }),
  z.object({ type: z.literal('ack'), id: z.int(), data: z.array(z.unknown()) }),
  z.object({
    type: z.literal('connect_error'),
    id: none,
    data: z.union([Data, z.string()]),
  }),
] as const;
const types = ['connect', 'disconnect', 'event', 'ack', 'connect_error'] as const;

/** `<type>[<namespace>,][<id>][<JSON>]`; a comma at the end may be missing. */
const parts = /^([0-4])(?:(\/[^,]*)(?:,|$))?(\d{1,15})?(.*)$/s;

/** The Socket.IO packet in the data of an Engine.IO message. Nothing, if it is none. */
export function readSocketIoPacket(text: string): SocketIoPacket | undefined {
  const [, digit, namespace = mainNamespace, id, json = ''] = parts.exec(text) ?? [];
  if (digit === undefined) return undefined;
  try {
    const { data: packet } = (shapes[Number(digit)] ?? z.never()).safeParse({
      type: types[Number(digit)],
      ...(id !== undefined && { id: Number(id) }),
      ...(json !== '' && { data: JSON.parse(json) as unknown }),
    });
    return packet && { ...packet, namespace };
  } catch {
    return undefined;
  }
}

export function writeSocketIoPacket(packet: SocketIoPacket): string {
  const { type, namespace } = packet;
  const where = namespace === mainNamespace ? '' : `${namespace},`;
  const id = 'id' in packet && packet.id !== undefined ? String(packet.id) : '';
  const data = 'data' in packet && packet.data !== undefined ? JSON.stringify(packet.data) : '';
  return `${types.indexOf(type)}${where}${id}${data}`;
}

/** The same, as a frame of its own on a socket. */
export function writeSocketIoFrame(packet: SocketIoPacket): string {
  return writeEnginePacket('message', writeSocketIoPacket(packet));
}
