import type { SocketReply } from '../contract/queues.ts';
import type { Sockets } from '../platform/aws/sockets.ts';
import type { Once } from '../platform/once/seen-once.ts';
import { writingIn } from './frames/framings.ts';
import { unpack } from './packed.ts';
import { postPatiently } from './post-patiently.ts';

interface Deps {
  readonly once: Once;
  readonly sockets: Pick<Sockets, 'post'>;
}

/** Posts the messages of a reply in their order. A client that has gone asks again when it is back. */
export async function sendReply(
  { id, connectionId, framing, packed, messages }: SocketReply,
  { once, sockets }: Deps,
): Promise<void> {
  await once(id, async () => {
    const post = postPatiently(sockets);
    const { write } = writingIn(framing);
    const before = packed === undefined ? [] : unpack(packed);
    for (const each of [...before, ...messages]) {
      const reached = await post(connectionId, write(each));
      if (reached === 'gone') return;
      if (reached === 'unreached') throw new Error('A reply could not be posted');
    }
  });
}
