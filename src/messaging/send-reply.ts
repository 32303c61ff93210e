import type { SocketReply } from '../contract/queues.ts';
import type { Sockets } from '../platform/aws/sockets.ts';
import type { Once } from '../platform/once/seen-once.ts';
import type { Clock } from '../platform/clock.ts';
import { writingIn } from './frames/framings.ts';
import { isOver } from './is-over.ts';
import { unpack } from './packed.ts';
import { postPatiently } from './post-patiently.ts';

interface Deps {
  readonly once: Once;
  readonly sockets: Pick<Sockets, 'post'>;
  readonly clock: Clock;
}

/** After so many posts it is noted how far the reply has come. */
const notedAfter = 20;

/**
 * Posts the messages of a reply in their order. If it is delivered again, it goes on where it was. What is over by then is
 * left out (P10). A client that has gone asks again when it is back.
 */
export async function sendReply(
  { id, connectionId, framing, packed, messages }: SocketReply,
  { once, sockets, clock }: Deps,
): Promise<void> {
  await once(id, async (progress) => {
    const post = postPatiently(sockets);
    const { write } = writingIn(framing);
    const before = packed === undefined ? [] : unpack(packed);
    for (const [n, each] of [...before, ...messages].entries()) {
      if (progress.done.has(String(n)) || isOver(each, clock.now())) continue;
      const reached = await post(connectionId, write(each));
      if (reached === 'gone') return;
      if (reached === 'unreached') throw new Error('A reply could not be posted');
      progress.keepInMind([String(n)]);
      if (n % notedAfter === notedAfter - 1) await progress.note([]);
    }
  });
}
