import { socketActions } from '../src/contract/socket.ts';
import { messageFunction } from './edge/socket/message-function.ts';

export const handler = messageFunction(socketActions, {
  ping: async () => undefined,
});
