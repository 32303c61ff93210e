import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import * as z from 'zod';
import type { WeeloCloud } from '../weelo-cloud.ts';

/** One listener is one user, on one socket. */
interface Listener {
  readonly userId: string;
  readonly socket: WebSocket;
}

interface Awaited {
  left: number;
  readonly all: () => void;
}

const Heard = z.object({ id: z.string().optional(), event: z.string() });

/** How many connect at the same time: below API Gateway's quota, which is not what is measured. */
const atOnce = 20;

/** Users with a socket each, who wait for events. */
export class Audience {
  readonly #cloud: WeeloCloud;
  readonly #listeners: Listener[] = [];
  readonly #awaited = new Map<string, Awaited>();
  /** Messages that were told to somebody, by event id. */
  readonly told = new Map<string, number>();

  constructor(cloud: WeeloCloud) {
    this.#cloud = cloud;
  }

  get users(): readonly string[] {
    return this.#listeners.map(({ userId }) => userId);
  }

  async grow(to: number): Promise<void> {
    while (this.#listeners.length < to) {
      const missing = Math.min(atOnce, to - this.#listeners.length);
      const joined = Array.from({ length: missing }, () => this.#join());
      this.#listeners.push(...(await Promise.all(joined)));
    }
  }

  /** When so many have heard the event. */
  heard(eventId: string, by: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#awaited.set(eventId, { left: by, all: resolve });
    return promise;
  }

  leave(): void {
    for (const { socket } of this.#listeners.splice(0)) socket.terminate();
  }

  async #join(): Promise<Listener> {
    const userId = randomUUID();
    const token = await this.#cloud.accessToken({ userId });
    const address = `${this.#cloud.origin.replace('http', 'ws')}/ws`;
    const socket = new WebSocket(address, ['weelo.v1', `bearer.${token}`]);
    socket.on('message', (data: Buffer) => this.#hear(data.toString()));
    await once(socket, 'open');
    return { userId, socket };
  }

  #hear(text: string): void {
    const { id } = Heard.parse(JSON.parse(text));
    if (id === undefined) return;
    this.told.set(id, (this.told.get(id) ?? 0) + 1);
    const awaited = this.#awaited.get(id);
    if (!awaited || (awaited.left -= 1) > 0) return;
    this.#awaited.delete(id);
    awaited.all();
  }
}
