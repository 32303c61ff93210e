import { type Answered, type Asked, exchange } from './exchange.ts';

/** What keeps the data of a service of AWS: in this process, in a thread of it, or elsewhere on this machine. */
export interface Engine {
  /** Where clients find it. */
  readonly endpoint: string;
  /** Asks it by the shortest way. The path begins with a slash. */
  readonly ask: (path: string, asked: Asked) => Promise<Answered>;
}

/** An engine of which only the address is known. */
export function engineAt(endpoint: string): Engine {
  return { endpoint, ask: (path, asked) => exchange(`${endpoint}${path}`, asked) };
}
