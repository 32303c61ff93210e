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
  leave(): void;
}

const patience = { timeout: 20_000, interval: 20 };

/** As the Captain app connects, with the default options of its library. `token`: undefined shows none. */
export function socketIoClient(origin: string, token?: string): SocketIoClient {
  const socket = io(origin, {
    transports: ['websocket'],
    auth: { ...(token !== undefined && { token }), fcmToken: null, lastSeq: '0' },
    forceNew: true,
    reconnectionDelay: 100,
    reconnectionDelayMax: 300,
  });
  const heard: Heard[] = [];
  const refusals: string[] = [];
  let connects = 0;
  let disconnects = 0;
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
    leave: () => void socket.disconnect(),
  };
}

/** The same, once it is connected. */
export async function connectSocketIo(origin: string, token: string): Promise<SocketIoClient> {
  const client = socketIoClient(origin, token);
  const connected = () => client.heard.some(({ event }) => event === 'connected');
  await vi.waitFor(
    () => expect(connected(), `connected, or: ${client.refusals.join()}`).toBe(true),
    patience,
  );
  return client;
}
