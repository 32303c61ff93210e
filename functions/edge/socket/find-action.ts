import { AppError } from '../../../src/contract/errors.ts';
import { SocketRequest, type SocketAction } from '../../../src/contract/socket/protocol.ts';
import { refIn, saidIn, type Said } from '../../../src/messaging/frames/plain.ts';
import { readJsonObject } from '../read-json.ts';
import type { SocketCall, SocketMiddleware } from './call.ts';
import { parsed } from './parsed.ts';

export function findAction(actions: readonly SocketAction[]): SocketMiddleware {
  return {
    before: ({ event, context: { call } }) => {
      const said = call.said ?? saidPlainly(event.body ?? '', call);
      const action = actions.find((each) => each.action === said.action);
      if (!action) throw new AppError('UNKNOWN_ACTION');
      call.action = action;
      call.sent = said.data;
    },
  };
}

function saidPlainly(text: string, call: SocketCall): Said {
  const message = readJsonObject(text);
  const ref = refIn(message);
  if (ref) call.ref = ref;
  return saidIn(parsed(SocketRequest, message));
}
