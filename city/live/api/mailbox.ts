import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';

const Messages = z.object({
  messages: z.array(z.object({ to: z.string(), body: z.string(), at: z.string() })),
});

interface Waiting {
  readonly phone: string;
  readonly words: string;
  readonly since: string;
  readonly until: number;
  readonly found: (code: string) => void;
  readonly failed: (error: Error) => void;
}

const everyMs = 150;
const newest = 400;
const patienceMs = 30_000;

/** The SMS of everybody in the city, as the local cloud shows them. One reader reads for all. */
export class Mailbox {
  readonly #origin: string;
  readonly #waiting = new Set<Waiting>();
  #reading = false;

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** The code in an SMS to this phone that has these words, and was sent since then. */
  code(phone: string, words: string, since: Date): Promise<string> {
    return new Promise((found, failed) => {
      const until = Date.now() + patienceMs;
      this.#waiting.add({ phone, words, since: since.toISOString(), until, found, failed });
      if (!this.#reading) void this.#read();
    });
  }

  async #read(): Promise<void> {
    this.#reading = true;
    while (this.#waiting.size > 0) {
      await sleep(everyMs);
      const messages = await this.#messages().catch(() => []);
      for (const each of this.#waiting) this.#look(each, messages);
    }
    this.#reading = false;
  }

  #look(waiting: Waiting, messages: z.output<typeof Messages>['messages']): void {
    const { phone, words, since, until, found, failed } = waiting;
    const sms = messages.find(
      ({ to, body, at }) => to.endsWith(phone) && at >= since && body.includes(words),
    );
    const [code] = /\d{6}/.exec(sms?.body ?? '') ?? [];
    if (code === undefined && Date.now() < until) return;
    this.#waiting.delete(waiting);
    if (code === undefined) failed(new Error(`No SMS with a code came for ${words}`));
    else found(code);
  }

  async #messages() {
    const response = await fetch(`${this.#origin}/_dev/messages?limit=${newest}`);
    return Messages.parse(await response.json()).messages;
  }
}
