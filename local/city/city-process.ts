import { type ChildProcess, fork } from 'node:child_process';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { nodeBinary } from 'local-cloud';
import type { CityOptions } from '../../city/live/city.ts';
import { cities } from '../../city/world/parameters.ts';

const News = z.object({ online: z.int(), captains: z.int(), trucks: z.int().optional() });
const Seen = z.object({ look: z.int(), view: z.unknown() });
const Told = z.union([Seen, News]);

const script = resolve(import.meta.dirname, '../../city/live/main.ts');
const patienceMs = 3000;

/** A city in a process of its own: its people must not keep the gateway waiting. */
export class CityProcess {
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #say: (sentence: string) => void;
  readonly #looking = new Map<number, (view: unknown) => void>();
  #looks = 0;
  #ending = false;
  isWaking = true;

  constructor(
    options: Omit<CityOptions, 'sessions'>,
    dataFolder: string,
    say: (sentence: string) => void,
  ) {
    this.#name = cities[options.city].name;
    this.#say = say;
    this.#child = fork(script, {
      execPath: nodeBinary(),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child.on('message', (message) => this.#hear(Told.parse(message)));
    this.#child.on('exit', () => this.#ended());
    const sessions = join(dataFolder, 'city', `${options.city}-${options.seed}.json`);
    this.#child.send({ found: { ...options, sessions } });
  }

  /** What the people of the city see; undefined while there is nobody. */
  look(): Promise<unknown> {
    if (!this.#child.connected) return Promise.resolve(undefined);
    this.#looks += 1;
    const look = this.#looks;
    return new Promise((seen) => {
      const given = (view: unknown) => {
        clearTimeout(timer);
        this.#looking.delete(look);
        seen(view);
      };
      const timer = setTimeout(() => given(undefined), patienceMs);
      this.#looking.set(look, given);
      this.#child.send({ look });
    });
  }

  stop(): Promise<void> {
    this.#ending = true;
    if (this.#child.exitCode !== null || !this.#child.connected) return Promise.resolve();
    const ended = new Promise<void>((done) => this.#child.once('exit', () => done()));
    this.#child.disconnect();
    return ended;
  }

  #hear(told: z.output<typeof Told>): void {
    if ('look' in told) {
      this.#looking.get(told.look)?.(told.view);
      return;
    }
    const { online, captains, trucks } = told;
    this.isWaking = trucks === undefined;
    if (trucks === undefined) this.#say(`${this.#name} wakes: ${online} of ${captains} captains`);
    else this.#say(`${this.#name} lives: ${online} captains, ${trucks} trucks; see /_dev/map`);
  }

  #ended(): void {
    this.isWaking = false;
    for (const given of this.#looking.values()) given(undefined);
    if (!this.#ending) this.#say(`${this.#name} has ended: start again to wake it`);
  }
}
