import { mostBytes, pingPatienceSeconds, pingSeconds } from '../../contract/socket/socket-io.ts';
import { writeEnginePacket } from '../frames/engine-io.ts';

/** The server's first packet. All keys are required. */
export function openPacket(sid: string, upgrades: readonly string[]): string {
  const session = {
    sid,
    upgrades,
    pingInterval: pingSeconds * 1000,
    pingTimeout: pingPatienceSeconds * 1000,
    maxPayload: mostBytes,
  };
  return writeEnginePacket('open', JSON.stringify(session));
}
