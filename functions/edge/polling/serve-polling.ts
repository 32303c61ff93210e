import type { AppError, ErrorCode } from '../../../src/contract/errors.ts';
import {
  engineVersion,
  firstTransport,
  mostBytes,
  polling,
  pollingErrors,
} from '../../../src/contract/socket/socket-io.ts';
import { readEnginePacket, writeEnginePacket } from '../../../src/messaging/frames/engine-io.ts';
import { readPayload, writePayload } from '../../../src/messaging/frames/payload.ts';
import { closeSession, type ClosingDeps } from '../../../src/messaging/polling/close-session.ts';
import { isSessionId } from '../../../src/messaging/polling/session-id.ts';
import type { PollingSessions } from '../../../src/messaging/polling/sessions.ts';
import { logger } from '../../../src/platform/logs/observability.ts';
import type { HttpEvent } from '../http/call.ts';
import { ok } from '../http/reply.ts';
import type { HearPacket } from './hear-packets.ts';

interface Query {
  readonly EIO?: string | undefined;
  readonly transport?: string | undefined;
  readonly sid?: string | undefined;
}

const refuse = (error: keyof typeof pollingErrors) =>
  ({ status: 400, body: pollingErrors[error] }) as const;
const goodbye = writeEnginePacket('close');
const noop = writeEnginePacket('noop');

interface Reading {
  readonly open: () => Promise<string>;
  readonly read: (sid: string) => Promise<readonly string[] | 'busy' | 'upgraded' | 'gone'>;
}

/** A GET: opens a session, or answers what waits in it. */
export async function pollPackets(query: Query, { open, read }: Reading) {
  const { EIO, transport, sid } = query;
  if (transport !== firstTransport) return refuse('transportUnknown');
  if (sid === undefined) {
    return EIO === engineVersion ? ok(await open()) : refuse('versionUnsupported');
  }
  const found = isSessionId(sid) ? await read(sid) : 'gone';
  if (found === 'gone') return refuse('sessionUnknown');
  if (found === 'busy' || found === 'upgraded') return refuse('badRequest');
  return ok(writePayload(found));
}

interface Sent {
  readonly query: Query;
  /** Nothing, if the request was refused before its text was read. */
  readonly text: string | undefined;
  readonly requestId: string;
}

interface Hearing extends ClosingDeps {
  readonly sessions: Pick<PollingSessions, 'find' | 'append' | 'close'>;
  readonly hear: HearPacket;
}

/** A POST: hears what the client says, one packet after another. What it is answered, it reads by a GET. */
export async function sendPackets({ query, text, requestId }: Sent, deps: Hearing) {
  const { transport, sid } = query;
  if (transport !== firstTransport) return refuse('transportUnknown');
  if (sid === undefined) return refuse('badHandshakeMethod');
  const session = isSessionId(sid) ? await deps.sessions.find(sid) : undefined;
  if (!session || session.closedWith !== undefined) return refuse('sessionUnknown');
  if (session.movingTo !== undefined) return refuse('badRequest');
  const heard = text === undefined ? 'broken' : await hearAll({ sid, text, requestId }, deps);
  if (heard === 'heard') return ok('ok' as const);
  await closeSession(sid, heard === 'closed' ? noop : goodbye, deps);
  return heard === 'closed' ? ok('ok' as const) : refuse('badRequest');
}

const unread: ReadonlySet<ErrorCode> = new Set([
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'VALIDATION_ERROR',
]);

/** A request of which nothing could be read is no packet: it is answered as one that is broken. */
export async function refuseUnread(
  { code }: AppError,
  { queryStringParameters: query = {}, requestContext: { http, requestId } }: HttpEvent,
  deps: Hearing,
) {
  if (!unread.has(code)) return undefined;
  if (http.method !== 'POST') return refuse('badRequest');
  return sendPackets({ query, text: undefined, requestId }, deps).catch(stillOpen);
}

/** The session ends by itself in half a minute. */
function stillOpen(error: unknown) {
  logger.error('A session that said what is no packet could not be closed', { error });
  return refuse('badRequest');
}

/** Closed: the client has said goodbye. */
async function hearAll(
  {
    sid,
    text,
    requestId,
  }: { readonly sid: string; readonly text: string; readonly requestId: string },
  { sessions, hear }: Hearing,
): Promise<'heard' | 'closed' | 'broken'> {
  const packets = Buffer.byteLength(text) <= mostBytes ? readPayload(text) : undefined;
  if (!packets || packets.length > polling.mostInPayload) return 'broken';
  for (const packet of packets) {
    const type = readEnginePacket(packet)?.type;
    if (type === 'close') return 'closed';
    // Only a server opens a session, and only on a socket it is said that one has moved there.
    if (type === 'open' || type === 'upgrade') return 'broken';
    const { answer, hasHungUp } = await hear({ sid, requestId, text: packet });
    // After that, the client is told nothing any more: its session is full or over.
    if (answer && (await sessions.append(sid, answer)) === 'full') return 'broken';
    // It is closed in a moment, when the client has read why.
    if (hasHungUp) return 'heard';
  }
  return 'heard';
}
