import { longestUnnamed, messagesUnnamed } from '../../../src/contract/socket/socket-io.ts';
import { readEnginePacket, writeEnginePacket } from '../../../src/messaging/frames/engine-io.ts';
import { saidByApp } from '../../../src/messaging/frames/shipped-apps.ts';
import {
  mainNamespace,
  readSocketIoPacket,
  type SocketIoPacket,
} from '../../../src/messaging/frames/socket-io.ts';
import type { CountCall } from '../../../src/platform/rate-limit.ts';
import { withoutNulls } from '../read-json.ts';
import { limitKey } from '../refuse-beyond.ts';
import {
  sent,
  unanswered,
  type SocketCall,
  type SocketMiddleware,
  type SocketResult,
} from './call.ts';
import { answerProbe, isLeftBehind, letGo, moveHere, type Upgrading } from './upgrade-session.ts';
import { hangUp, welcomeClient, type Welcoming } from './welcome-client.ts';

export interface PacketGuards extends Welcoming, Upgrading {
  readonly countCall: CountCall;
}

/**
 * Heeds the packets of Socket.IO. What an app says in one goes on to the actions. All others end here: a ping is answered,
 * and a client that does not keep to the protocol is dropped, as the protocol demands.
 */
export function heedPackets(guards: PacketGuards): SocketMiddleware {
  return {
    before: async ({ event: { body = '' }, context: { call } }) => {
      if (call.framing === 'plain') return undefined;
      const { via } = call;
      if (via && !via.isProbed) return answerProbe(body, via, call, guards);
      if (via && (await isLeftBehind(via, call, guards))) return letGo(via.socketId, guards);
      if (await mayNotSpeak(body, call, guards)) return hangUp(call, guards);
      const packet = readEnginePacket(body);
      if (!packet) return hangUp(call, guards);
      switch (packet.type) {
        case 'ping':
          return sent(writeEnginePacket('pong', packet.data));
        case 'pong':
        case 'noop':
          return unanswered;
        case 'message':
          return heed(readSocketIoPacket(packet.data), call, guards);
        case 'open':
        case 'close':
          return hangUp(call, guards);
        case 'upgrade':
          return moveHere(call, guards);
        default:
          return packet.type satisfies never;
      }
    },
  };
}

async function heed(
  packet: SocketIoPacket | undefined,
  call: SocketCall,
  guards: PacketGuards,
): Promise<SocketResult | undefined> {
  switch (packet?.type) {
    case undefined:
      return hangUp(call, guards);
    case 'connect':
      return welcomeClient(packet, call, guards);
    case 'disconnect':
      return packet.namespace === mainNamespace ? hangUp(call, guards) : unanswered;
    case 'ack':
    case 'connect_error':
      return unanswered;
    case 'event': {
      if ((await whoIsThere(call)) === 'newcomer') return hangUp(call, guards);
      const [event, argument] = packet.data;
      // Nobody is connected to another namespace.
      const said = packet.namespace === mainNamespace ? saidByApp(event, argument) : undefined;
      if (!said) return unanswered;
      call.said = { ...said, data: withoutNulls(said.data) };
      return undefined;
    }
    default:
      return packet satisfies never;
  }
}

/** Nobody: the socket was never let in, or is to be closed. Unsure: the connections cannot be read. */
async function whoIsThere({
  found,
}: SocketCall): Promise<'somebody' | 'newcomer' | 'nobody' | 'unsure'> {
  try {
    const connection = await found;
    if (!connection) return 'nobody';
    return connection.caller ? 'somebody' : 'newcomer';
  } catch {
    return 'unsure';
  }
}

/** Before it has said who it is, a client may only say little. */
async function mayNotSpeak(
  body: string,
  call: SocketCall,
  { countCall }: PacketGuards,
): Promise<boolean> {
  const who = await whoIsThere(call);
  if (who !== 'newcomer') return who === 'nobody';
  if (body.length > longestUnnamed) return true;
  const key = limitKey(call.connectionId, 'unnamed');
  // If Redis is away, the client is closed after ten seconds all the same.
  const verdict = await countCall(key, messagesUnnamed).catch(() => undefined);
  return verdict?.allowed === false;
}
