import { once } from 'node:events';
import { createServer, connect, type Socket } from 'node:net';

/** A way to a port of this machine that can be long, frozen, or shut. */
export interface Door {
  readonly port: number;
  /** What the engine says arrives this much later: each piece, and not one after the other. */
  lengthen(ms: number): void;
  /** Whoever comes is let in, and nothing passes. */
  freeze(): void;
  thaw(): void;
  /** Who is inside hears nothing any more, not even of an end, and who comes is served: as after a lost host. */
  strand(): void;
  /** Who is inside is thrown out, who comes is refused: as by an engine that has stopped. */
  shut(): Promise<void>;
  open(): Promise<void>;
}

export async function openDoor(target: number, wanted = 0): Promise<Door> {
  let inside = new Set<Socket>();
  const stranded: Socket[] = [];
  let delayMs = 0;
  let isFrozen = false;

  const server = createServer((client) => {
    const engine = connect(target, '127.0.0.1');
    const both = [client, engine];
    for (const socket of both) {
      inside.add(socket.setNoDelay());
      // Whoever loses one of them loses the other; that is what a door is shut for.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        inside.delete(socket);
        for (const each of both) each.destroy();
      });
      if (isFrozen) socket.pause();
    }
    client.on('data', (bytes) => engine.write(bytes));
    engine.on('data', (bytes) => {
      if (delayMs === 0) client.write(bytes);
      else setTimeout(() => client.write(bytes), delayMs);
    });
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(wanted);
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : wanted;

  return {
    port,
    lengthen: (ms) => {
      delayMs = ms;
    },
    freeze: () => {
      isFrozen = true;
      for (const socket of inside) socket.pause();
    },
    strand: () => {
      for (const socket of inside) socket.pause();
      stranded.push(...inside);
      inside = new Set();
    },
    thaw: () => {
      isFrozen = false;
      for (const socket of inside) socket.resume();
    },
    shut: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of [...inside, ...stranded]) socket.destroy();
      await closed;
    },
    open: async () => {
      if (!server.listening) await listen(port);
    },
  };
}
