import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import * as z from 'zod';
import { Arrivals } from '../arrivals.ts';
import type { WeeloCloud } from '../weelo-cloud.ts';

/** One listener is one user, on one socket. */
interface Listener {
  readonly userId: string;
  readonly socket: WebSocket;
}

const Heard = z.object({ id: z.string().optional(), event: z.string() });

/** How many connect at the same time: below API Gateway's quota, which is not what is measured. */
const atOnce = 20;

/** Users with a socket each, who wait for events. */
export class Audience {
  readonly #cloud: WeeloCloud;
  readonly #listeners: Listener[] = [];
  readonly arrivals = new Arrivals();

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
    if (id !== undefined) this.arrivals.hear(id);
  }
}
