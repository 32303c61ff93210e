import { once } from 'node:events';
import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import * as z from 'zod';

/** A message without an event is API Gateway's own: the function that should have answered was cut off. */
const Heard = z.object({ event: z.string().default('error'), id: z.string().optional() });

/** Between two tries to connect, at random, as docs/realtime.md tells the apps. */
const leastPauseMs = 1000;
const longestPauseMs = 3000;

/** An app that connects until it is let in, and then asks for everything that is live. */
export class StormClient {
  readonly userId: string;
  readonly #address: string;
  readonly #token: string;
  readonly #onEvent: (eventId: string) => void;
  #socket: WebSocket | undefined;
  /** Tries to connect that were refused. */
  refused = 0;

  constructor(
    origin: string,
    who: { readonly userId: string; readonly token: string },
    onEvent: (eventId: string) => void,
  ) {
    this.#address = `${origin.replace('http', 'ws')}/ws`;
    this.userId = who.userId;
    this.#token = who.token;
    this.#onEvent = onEvent;
  }

  /** Until `resume` is answered. */
  async comeBack(): Promise<void> {
    for (;;) {
      const socket = new WebSocket(this.#address, ['weelo.v1', `bearer.${this.#token}`]);
      try {
        await once(socket, 'open');
        await this.#resumeOn(socket);
        this.#socket = socket;
        return;
      } catch {
        socket.on('error', () => undefined);
        socket.terminate();
        this.refused += 1;
        await pause(randomInt(leastPauseMs, longestPauseMs));
      }
    }
  }

  cut(): void {
    this.#socket?.terminate();
  }

  #resumeOn(socket: WebSocket): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.on('message', (data: Buffer) => {
      const { event, id } = Heard.parse(JSON.parse(data.toString()));
      if (id !== undefined) this.#onEvent(id);
      if (event === 'resumed') resolve();
      if (event === 'error') reject(new Error('Not resumed'));
    });
    socket.once('close', () => reject(new Error('Closed')));
    socket.send(JSON.stringify({ action: 'resume', ref: 'storm' }));
    return promise;
  }
}
