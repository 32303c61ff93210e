import { AppError } from '../../../src/contract/errors.ts';
import { SocketRequest, type SocketAction } from '../../../src/contract/socket.ts';
import { readJsonObject } from '../read-json.ts';
import type { SocketMiddleware } from './call.ts';
import { parsed } from './parsed.ts';

/** A message's `ref` is read first: an error carries it, too. */
const Ref = SocketRequest.pick({ ref: true });

export function findAction(actions: readonly SocketAction[]): SocketMiddleware {
  return {
    before: ({ event, context: { call } }) => {
      const message = readJsonObject(event.body ?? '');
      const { ref } = Ref.safeParse(message).data ?? {};
      if (ref) call.ref = ref;
      const { action: name, data } = parsed(SocketRequest, message);
      const action = actions.find((each) => each.action === name);
      if (!action) throw new AppError('UNKNOWN_ACTION');
      call.action = action;
      call.sent = data ?? {};
    },
  };
}
