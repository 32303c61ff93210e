import { io } from 'socket.io-client';
import { expect, vi } from 'vitest';
import type { Heard } from './socket-client.ts';

/** An app that speaks Socket.IO, by the library that nobody here wrote. It remembers all that it was told, in order. */
export interface SocketIoClient {
  readonly heard: readonly Heard[];
  /** How often it has come through to its `connect` event. */
  connects(): number;
  /** Why it was not let in, each time. */
  readonly refusals: readonly string[];
  emit(event: string, ...args: readonly unknown[]): void;
  /** The server's answer to the app's own ping, behind everything that was posted before. */
  ping(): Promise<void>;
  closed(): Promise<void>;
  /** How often it has moved from polling to a socket. */
  upgrades(): number;
  /** Waits until it speaks on a socket, whatever it began with. */
  onSocket(): Promise<void>;
  leave(): void;
}

const patience = { timeout: 20_000, interval: 20 };

/** How the Captain app connects: by a socket alone. */
const socketAlone: readonly string[] = ['websocket'];
/** How the customer app connects: it says nothing of transports. The library begins with polling, and moves to a socket. */
export const pollingFirst = 'as the library does';
export type Transports = readonly string[] | typeof pollingFirst;

/** As the apps connect, with the default options of their library. `token`: undefined shows none. */
export function socketIoClient(
  origin: string,
  token?: string,
  transports: Transports = socketAlone,
): SocketIoClient {
  const socket = io(origin, {
    ...(transports !== pollingFirst && { transports: [...transports] }),
    auth: { ...(token !== undefined && { token }), fcmToken: null, lastSeq: '0' },
    forceNew: true,
    reconnectionDelay: 100,
    reconnectionDelayMax: 300,
  });
  const heard: Heard[] = [];
  const refusals: string[] = [];
  let connects = 0;
  let disconnects = 0;
  let upgrades = 0;
  // Each time it connects, the library has a new engine.
  socket.io.on('open', () => socket.io.engine.on('upgrade', () => (upgrades += 1)));
  socket.on('connect', () => (connects += 1));
  socket.on('disconnect', () => (disconnects += 1));
  socket.on('connect_error', ({ message }) => refusals.push(message));
  socket.onAny((event: string, data?: Heard['data']) => {
    const id = data?.['eventId'];
    heard.push({ event, ...(data && { data }), ...(typeof id === 'string' && { id }) });
  });
  return {
    heard,
    connects: () => connects,
    refusals,
    emit: (event, ...args) => void socket.emit(event, ...args),
    ping: async () => {
      const pongs = () => heard.filter(({ event }) => event === 'pong').length;
      const before = pongs();
      socket.emit('ping');
      await vi.waitFor(() => expect(pongs(), 'pongs').toBeGreaterThan(before), patience);
    },
    closed: () => vi.waitFor(() => expect(disconnects, 'disconnects').toBeGreaterThan(0), patience),
    upgrades: () => upgrades,
    onSocket: () =>
      vi.waitFor(() => expect(socket.io.engine.transport.name).toBe('websocket'), patience),
    leave: () => void socket.disconnect(),
  };
}

/** The same, once it is connected. */
export async function connectSocketIo(
  origin: string,
  token: string,
  transports?: Transports,
): Promise<SocketIoClient> {
  const client = socketIoClient(origin, token, transports);
  const connected = () => client.heard.some(({ event }) => event === 'connected');
  await vi.waitFor(
    () => expect(connected(), `connected, or: ${client.refusals.join()}`).toBe(true),
    patience,
  );
  return client;
}
