import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import * as z from 'zod';
import type { TokenOwner } from '../../test/support/cloud-token.ts';
import { Arrivals } from '../arrivals.ts';
import type { WeeloCloud } from '../weelo-cloud.ts';

/** A user who listens. Default: a customer. */
type Owner = TokenOwner & { readonly userId: string };

/** One listener is one user, on one socket. */
interface Listener {
  readonly userId: string;
  readonly socket: WebSocket;
}

const Heard = z.object({ id: z.string().optional(), event: z.string(), data: z.unknown() });

type OnEvent = (event: z.output<typeof Heard>, userId: string) => void;

/** How many connect at the same time: below API Gateway's quota, which is not what is measured. */
const atOnce = 20;

/** Users with a socket each, who wait for events. */
export class Audience {
  readonly #cloud: WeeloCloud;
  readonly #onEvent: OnEvent;
  readonly #listeners: Listener[] = [];
  readonly arrivals = new Arrivals();

  /** `onEvent`: hears what each of them hears. Default: only the arrivals do. */
  constructor(cloud: WeeloCloud, onEvent: OnEvent = () => undefined) {
    this.#cloud = cloud;
    this.#onEvent = onEvent;
  }

  get users(): readonly string[] {
    return this.#listeners.map(({ userId }) => userId);
  }

  /** Strangers join, until there are so many. */
  async grow(to: number): Promise<void> {
    const missing = Math.max(0, to - this.#listeners.length);
    await this.join(Array.from({ length: missing }, () => ({ userId: randomUUID() })));
  }

  async join(owners: readonly Owner[]): Promise<void> {
    for (let i = 0; i < owners.length; i += atOnce) {
      const joined = owners.slice(i, i + atOnce).map((owner) => this.#join(owner));
      this.#listeners.push(...(await Promise.all(joined)));
    }
  }

  leave(): void {
    for (const { socket } of this.#listeners.splice(0)) socket.terminate();
  }

  async #join(owner: Owner): Promise<Listener> {
    const { userId } = owner;
    const token = await this.#cloud.accessToken(owner);
    const address = `${this.#cloud.origin.replace('http', 'ws')}/ws`;
    const socket = new WebSocket(address, ['weelo.v1', `bearer.${token}`]);
    socket.on('message', (data: Buffer) => this.#hear(data.toString(), userId));
    await once(socket, 'open');
    return { userId, socket };
  }

  #hear(text: string, userId: string): void {
    const heard = Heard.parse(JSON.parse(text));
    if (heard.id !== undefined) this.arrivals.hear(heard.id);
    this.#onEvent(heard, userId);
  }
}
