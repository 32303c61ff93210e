import type { SocketReply } from '../contract/queues.ts';
import type { Sockets } from '../platform/aws/sockets.ts';
import type { Once } from '../platform/once/seen-once.ts';
import { writeAnswer } from './frames/plain.ts';

interface Deps {
  readonly once: Once;
  readonly sockets: Pick<Sockets, 'post'>;
}

/** Posts the messages of a reply in their order. A client that has gone asks again when it is back. */
export async function sendReply(
  { id, connectionId, messages }: SocketReply,
  { once, sockets }: Deps,
): Promise<void> {
  await once(id, async () => {
    for (const each of messages) {
      const posted = await sockets.post(connectionId, writeAnswer(each));
      if (posted === 'gone') return;
      if (posted === 'throttled') throw new Error('A reply was throttled');
    }
  });
}
