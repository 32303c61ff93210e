import { once } from 'node:events';
import { createServer, connect } from 'node:net';

/** What becomes of the bytes that sprang a trap. */
type Fate = 'passed' | 'lost';

interface Watch {
  readonly seen: (bytes: string) => boolean;
  readonly act: () => Promise<Fate>;
}

/** A way to a port of this machine on which something happens at a moment that is told by what passes. */
export interface Trap {
  readonly port: number;
  /** Once, when a client says this: the engine hears of it after the act, or never. */
  before(seen: Watch['seen'], act: Watch['act']): void;
  /** Once, when the engine has answered this: the client hears it after the act, or nothing any more. */
  after(seen: Watch['seen'], act: Watch['act']): void;
}

export async function openTrap(target: number): Promise<Trap> {
  let awaited: (Watch & { readonly side: 'before' | 'after' }) | undefined;
  const sprungBy = (bytes: Buffer) => {
    const found = awaited?.seen(bytes.toString('latin1')) ? awaited : undefined;
    if (found) awaited = undefined;
    return found;
  };

  const server = createServer((client) => {
    const engine = connect(target, '127.0.0.1');
    const both = [client, engine];
    for (const socket of both) {
      socket.setNoDelay();
      // Whoever loses one of them loses the other; that is the client's to find out.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        for (const each of both) each.destroy();
      });
    }
    let onAnswer: Watch['act'] | undefined;
    let isDeaf = false;
    client.on('data', (bytes) => {
      const sprung = sprungBy(bytes);
      if (sprung?.side === 'after') onAnswer = sprung.act;
      if (sprung?.side !== 'before') {
        engine.write(bytes);
        return;
      }
      client.pause();
      void sprung.act().then((fate) => {
        if (fate === 'passed') engine.write(bytes);
        client.resume();
      });
    });
    engine.on('data', (bytes) => {
      const act = onAnswer;
      onAnswer = undefined;
      if (!act) {
        if (!isDeaf) client.write(bytes);
        return;
      }
      engine.pause();
      void act().then((fate) => {
        if (fate === 'passed') client.write(bytes);
        isDeaf = fate === 'lost';
        engine.resume();
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    before: (seen, act) => {
      awaited = { side: 'before', seen, act };
    },
    after: (seen, act) => {
      awaited = { side: 'after', seen, act };
    },
  };
}
