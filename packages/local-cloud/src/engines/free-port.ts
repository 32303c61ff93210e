import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the range that the kernel hands out for outgoing connections (32768 and up), so that nobody takes
 * a port between our look and the engine's bind; and with room for Redis' cluster bus, 10,000 above it.
 */
const LOWEST = 20_000;
const HIGHEST = 22_700;
const TRIES = 200;

/** A port on 127.0.0.1 that is free, and whose neighbours at the given distances are free too. */
export async function freePort(neighbours: readonly number[] = []): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(LOWEST, HIGHEST);
    const wanted = [port, ...neighbours.map((distance) => port + distance)];
    const free = await Promise.all(wanted.map(isFree));
    if (free.every(Boolean)) return port;
  }
  throw new Error(
    `No free port between ${LOWEST} and ${HIGHEST} on 127.0.0.1: stop what holds them.`,
  );
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.close(() => resolve(true));
    });
  });
}
