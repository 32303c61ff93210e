import { setTimeout as pause } from 'node:timers/promises';
import { polling } from '../../contract/socket/socket-io.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Connections } from '../connections/connections.ts';
import { writeEnginePacket } from '../frames/engine-io.ts';
import { closeSession, type ClosingDeps } from './close-session.ts';
import type { PollingSession, PollingSessions } from './sessions.ts';

interface Deps extends ClosingDeps {
  readonly sessions: Pick<
    PollingSessions,
    'find' | 'beginReading' | 'take' | 'stopReading' | 'close' | 'remove'
  >;
  readonly connections: Pick<Connections, 'find' | 'forgetById'>;
  readonly clock: Clock;
}

interface Reading {
  readonly sid: string;
  /** Of this request alone. */
  readonly reader: string;
}

const nothing = [writeEnginePacket('noop')];
const goodbye = writeEnginePacket('close');

/**
 * Answers the packets that wait for a client, as soon as there are some: at the latest after ten seconds, with one that
 * says nothing. The same is answered at once while the client tries a socket, for it moves there only when no GET waits.
 *
 * A client that has not said who it is waits for the first half second of its session, in all its GETs together. So
 * whoever opens many sessions and says nothing holds few functions.
 *
 *     opened ── GETs wait ── 0.5 s ── only the GETs of who is known wait ── 30 s
 */
export async function readPackets(
  reading: Reading,
  deps: Deps,
): Promise<readonly string[] | 'busy' | 'upgraded' | 'gone'> {
  const { sid, reader } = reading;
  const { sessions, connections, clock } = deps;
  const begun = await sessions.beginReading(sid, reader);
  if (begun === 'busy') await closeSession(sid, goodbye, deps);
  if (typeof begun === 'string') return begun;
  if (begun.closedWith !== undefined && begun.packets.length === 0) {
    await sessions.remove(sid);
    return 'gone';
  }
  const until = clock.now().getTime() + polling.waitsSeconds * 1000;
  const newcomerUntil = begun.openedAt + polling.waitsUnnamedMs;
  let isKnown = false;
  for (let seen: PollingSession | undefined = begun; seen; seen = await sessions.find(sid)) {
    const now = clock.now().getTime();
    const { packets, closedWith, movingTo, probedUntil = 0 } = seen;
    if (packets.length > 0 || closedWith !== undefined) return taken(seen, reading, deps);
    if (movingTo !== undefined) return nothing;
    if (!isKnown && now >= newcomerUntil) {
      isKnown = (await connections.find(sid))?.caller !== undefined;
    }
    // A socket that is being tried when a GET comes in has it wait once: otherwise the client would ask all the time.
    const mayWait = now < (isKnown ? until : newcomerUntil);
    if (!mayWait || (probedUntil > now && seen !== begun)) {
      await sessions.stopReading(sid, reader);
      return nothing;
    }
    await pause(polling.looksEveryMs);
  }
  return nothing;
}

async function taken(
  seen: PollingSession,
  { sid, reader }: Reading,
  { sessions }: Deps,
): Promise<readonly string[]> {
  const isTaken = await sessions.take(seen, reader);
  const packets = isTaken ? seen.packets : [];
  if (seen.closedWith !== undefined) {
    await sessions.remove(sid);
    return [...packets, seen.closedWith];
  }
  // They are posted to the socket to which the client has moved.
  return isTaken ? packets : nothing;
}
