import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { expect, vi } from 'vitest';
import { WebSocket } from 'ws';

export interface Heard {
  readonly event: string;
  readonly ref?: string;
  readonly id?: string;
  readonly at?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** A client of the socket protocol, as an app is one. It remembers everything that it was told, in order. */
export interface SocketClient {
  readonly heard: readonly Heard[];
  /** Says something with a new ref, and answers what is answered to it. */
  say(action: string, data?: object): Promise<Heard>;
  /** Says something that is not answered. */
  mention(message: object): void;
  /** The events of this name, as soon as there is one. */
  events(name: string): Promise<readonly Heard[]>;
  /** Waits until the server closes the socket. */
  closed(): Promise<void>;
  /** Leaves unread whatever comes from now on. */
  stopReading(): void;
  /** Goes without a word, as a phone without a network does. */
  cut(): void;
}

const patience = { timeout: 20_000, interval: 20 };

export async function connectSocket(
  origin: string,
  token: string,
  onHeard: (heard: Heard) => void = () => undefined,
): Promise<SocketClient> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/ws`, [
    'weelo.v1',
    `bearer.${token}`,
  ]);
  const heard: Heard[] = [];
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as Heard;
    heard.push(message);
    onHeard(message);
  });
  await once(socket, 'open');
  const closing = once(socket, 'close');
  const named = (name: string) => heard.filter(({ event }) => event === name);
  return {
    heard,
    say: (action, data) => {
      const ref = randomUUID();
      socket.send(JSON.stringify({ action, ref, ...(data && { data }) }));
      const answer = () => heard.find((each) => each.ref === ref);
      const state = () => (socket.readyState === WebSocket.OPEN ? 'open' : 'closed');
      return vi.waitFor(
        () => answer() ?? expect.fail(`No answer to ${action} on a socket that is ${state()}`),
        patience,
      );
    },
    mention: (message) => socket.send(JSON.stringify(message)),
    events: async (name) => {
      await vi.waitFor(() => expect(named(name), `events ${name}`).not.toEqual([]), patience);
      return named(name);
    },
    closed: async () => void (await closing),
    stopReading: () => socket.pause(),
    cut: () => socket.terminate(),
  };
}
