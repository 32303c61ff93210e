import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { AppError } from '../../contract/errors.ts';
import { polling } from '../../contract/socket/socket-io.ts';
import type { StateTable } from '../../platform/aws/state-table.ts';
import type { Clock } from '../../platform/clock.ts';
import { connectionKeptMs } from '../connections/connections.ts';

/**
 * The sessions that began with polling. Each is one item, with the mailbox of its client, so each step is one call that
 * happens wholly or not at all:
 *
 *     open ─ append, read ─▶ probedBy a socket ─▶ movingTo it ─ handed over ─▶ toldOn it
 *            GETs read                             nothing reads                events are posted
 */
export interface PollingSessions {
  open(sid: string): Promise<void>;
  /** Also one that is closed, for as long as its client may read why. */
  find(sid: string): Promise<PollingSession | undefined>;
  /** Puts a packet behind the others. Of those with the same mark, only the first is kept. */
  append(sid: string, text: string, mark?: string): Promise<'kept' | 'full' | 'upgraded' | 'gone'>;
  /** One reads at a time. Until it takes or stops, or its time is over, others are refused. */
  beginReading(sid: string, reader: string): Promise<PollingSession | 'busy' | 'upgraded' | 'gone'>;
  /** Takes the packets that were seen. False: they are another's now. */
  take(seen: PollingSession, reader: string): Promise<boolean>;
  stopReading(sid: string, reader: string): Promise<void>;
  /** A socket asks whether it would do. */
  probe(sid: string, socketId: string): Promise<boolean>;
  /** The client has chosen the socket. From now on nobody reads by GET. */
  moveTo(sid: string, socketId: string): Promise<boolean>;
  /** So many of the packets that were seen are posted. If they were all that there are, the session is told on the socket. */
  handOn(seen: PollingSession, posted: number): Promise<void>;
  /** Answers the sockets that were the session's, also when it is closed twice. `last` is said to a GET that waits. */
  close(sid: string, last: string): Promise<readonly string[]>;
  remove(sid: string): Promise<void>;
  /** A socket has gone. True: the session has ended, with this socket or before. */
  lose(sid: string, socketId: string): Promise<boolean>;
}

export interface PollingSession {
  readonly sid: string;
  /** In milliseconds since 1970. */
  readonly openedAt: number;
  readonly packets: readonly string[];
  /** Of all packets that were in its mailbox. */
  readonly marks: readonly string[];
  readonly handed: number;
  /** The socket that is being tried. */
  readonly probedBy?: string | undefined;
  /** Until when a GET need not wait, because a socket is being tried. In milliseconds since 1970. */
  readonly probedUntil?: number | undefined;
  readonly movingTo?: string | undefined;
  readonly toldOn?: string | undefined;
  /** The packet that ends it. */
  readonly closedWith?: string | undefined;
}

/** While its client tries a socket, no GET waits: the client waits for its GET before it moves to the socket. */
const probedForMs = 5000;
/** A reader's function has ended by then. */
const readsForMs = 15_000;
/** So long the packets of a closed session can be read. */
const closedForMs = 5000;
/** Longer than it takes to deliver the hand-over again, if notify crashed at it. */
const movingForMs = 120_000;

/** A call that seems to have failed may have happened: when it is repeated, it is known by its mark. */
const newMark = () => randomBytes(9).toString('base64url');
const mostMarks = 1000;
/** So long after it was opened: by then notify has tried all that it had to say. Later, the same may be said anew. */
const marksCountForMs = 180_000;

const Kept = z.object({
  sid: z.string(),
  openedAt: z.number(),
  packets: z.array(z.string()),
  marks: z.array(z.string()),
  handed: z.number().default(0),
  reading: z.string().optional(),
  readBy: z.string().optional(),
  probedUntil: z.number().optional(),
  probedBy: z.string().optional(),
  movingTo: z.string().optional(),
  toldOn: z.string().optional(),
  closedWith: z.string().optional(),
});
type Kept = z.output<typeof Kept>;

type Table = Pick<StateTable, 'put' | 'get' | 'take' | 'change' | 'takeIf'>;
interface At {
  readonly table: Table;
  readonly inMs: (milliseconds: number) => Date;
}

const keyOf = (sid: string) => ({ pk: `polling#${sid}`, sk: 'session' });
const isOpen = 'attribute_not_exists(closedWith)';
const polls = 'attribute_not_exists(movingTo) AND attribute_not_exists(toldOn)';

export function openPollingSessions(table: Table, clock: Clock): PollingSessions {
  const at = { table, inMs: (ms: number) => new Date(clock.now().getTime() + ms) };
  return {
    open: (sid) => orUnavailable(() => open(sid, at)),
    find: (sid) => orUnavailable(() => kept(sid, at)),
    append: (sid, text, mark = newMark()) => orUnavailable(() => append(sid, { text, mark }, at)),
    beginReading: (sid, reader) => orUnavailable(() => beginReading(sid, reader, at)),
    take: (seen, reader) => orUnavailable(() => take(seen, reader, at)),
    stopReading: (sid, reader) => orUnavailable(() => stopReading(sid, reader, at)),
    probe: (sid, socketId) => orUnavailable(() => probe(sid, socketId, at)),
    moveTo: (sid, socketId) => orUnavailable(() => moveTo(sid, socketId, at)),
    handOn: (seen, posted) => orUnavailable(() => handOn(seen, posted, at)),
    close: (sid, last) => orUnavailable(() => close(sid, last, at)),
    remove: (sid) => orUnavailable(() => table.take(keyOf(sid)).then(() => undefined)),
    lose: (sid, socketId) => orUnavailable(() => lose(sid, socketId, at)),
  };
}

async function open(sid: string, { table, inMs }: At): Promise<void> {
  const openedAt = inMs(0).getTime();
  const session = { sid, openedAt, packets: [], marks: [], waitingBytes: 0 };
  await table.put(keyOf(sid), session, inMs(polling.livesSeconds * 1000));
}

async function kept(sid: string, { table, inMs }: At): Promise<Kept | undefined> {
  const item = await table.get(keyOf(sid));
  if (!item) return undefined;
  const session = Kept.parse(item);
  const count = inMs(-marksCountForMs).getTime() < session.openedAt;
  return count ? session : { ...session, marks: [] };
}

async function append(
  sid: string,
  { text, mark }: { readonly text: string; readonly mark: string },
  at: At,
) {
  const appended = await at.table.change(keyOf(sid), {
    set: [
      'packets = list_append(packets, :packets)',
      'marks = list_append(marks, :marks)',
      'waitingBytes = waitingBytes + :bytes',
    ],
    condition: [
      isOpen,
      'attribute_not_exists(toldOn)',
      'size(packets) < :mostPackets',
      'waitingBytes < :mostBytes',
      'size(marks) < :mostMarks',
      'NOT contains(marks, :mark)',
    ].join(' AND '),
    values: {
      ':packets': [text],
      ':marks': [mark],
      ':mark': mark,
      ':bytes': Buffer.byteLength(text),
      ':mostMarks': mostMarks,
      ':mostPackets': polling.mostPackets,
      ':mostBytes': polling.mostBytes,
    },
  });
  if (appended) return 'kept';
  const found = await kept(sid, at);
  if (!found || found.closedWith !== undefined) return 'gone';
  if (found.marks.includes(mark)) return 'kept';
  return found.toldOn === undefined ? 'full' : 'upgraded';
}

async function beginReading(sid: string, reader: string, at: At) {
  const begun = await at.table.change(keyOf(sid), {
    set: ['reading = :reader', 'readingUntil = :until'],
    condition: `${polls} AND (attribute_not_exists(reading) OR reading = :reader OR readingUntil < :at)`,
    values: {
      ':reader': reader,
      ':until': at.inMs(readsForMs).getTime(),
      ':at': at.inMs(0).getTime(),
    },
  });
  if (begun) return Kept.parse(begun);
  const found = await kept(sid, at);
  if (!found) return 'gone';
  return found.movingTo === undefined && found.toldOn === undefined ? 'busy' : 'upgraded';
}

async function take({ sid, packets }: PollingSession, reader: string, at: At) {
  const taken = await at.table.change(keyOf(sid), {
    set: ['readBy = :reader', 'waitingBytes = waitingBytes - :bytes'],
    remove: ['reading', 'readingUntil', ...firstOf(packets.length)],
    condition: `${polls} AND reading = :reader`,
    values: { ':reader': reader, ':bytes': bytesOf(packets) },
  });
  // The answer to a first try may have been lost.
  return taken !== undefined || (await kept(sid, at))?.readBy === reader;
}

function bytesOf(packets: readonly string[]): number {
  return packets.reduce((sum, each) => sum + Buffer.byteLength(each), 0);
}

/** The first elements, the last of them first. */
function firstOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `packets[${count - 1 - i}]`);
}

async function stopReading(sid: string, reader: string, at: At): Promise<void> {
  await at.table.change(keyOf(sid), {
    remove: ['reading', 'readingUntil'],
    condition: 'reading = :reader',
    values: { ':reader': reader },
  });
}

async function probe(sid: string, socketId: string, at: At): Promise<boolean> {
  const probed = await at.table.change(keyOf(sid), {
    set: ['probedBy = :socket', 'probedUntil = :until'],
    condition: `${polls} AND ${isOpen}`,
    values: { ':socket': socketId, ':until': at.inMs(probedForMs).getTime() },
  });
  return probed !== undefined;
}

async function moveTo(sid: string, socketId: string, at: At): Promise<boolean> {
  const moved = await at.table.change(keyOf(sid), {
    set: ['movingTo = :socket', 'handed = :none'],
    remove: ['reading', 'readingUntil'],
    condition: `${polls} AND ${isOpen} AND probedBy = :socket`,
    values: { ':socket': socketId, ':none': 0 },
    endsAt: at.inMs(movingForMs),
  });
  return moved !== undefined || (await kept(sid, at))?.movingTo === socketId;
}

async function handOn(seen: PollingSession, posted: number, at: At): Promise<void> {
  const { sid, movingTo, handed, packets, openedAt } = seen;
  const condition = `${isOpen} AND attribute_not_exists(toldOn) AND movingTo = :socket AND handed = :handed`;
  const values = { ':socket': movingTo, ':handed': handed };
  if (posted === packets.length) {
    const switched = await at.table.change(keyOf(sid), {
      set: ['toldOn = :socket', 'packets = :empty'],
      condition: `${condition} AND size(packets) = :posted`,
      values: { ...values, ':empty': [], ':posted': posted },
      endsAt: new Date(openedAt + connectionKeptMs),
    });
    if (switched) return;
  }
  // More has come meanwhile. If this is refused, the answer to a first try was lost, or the session has ended.
  if (posted === 0) return;
  await at.table.change(keyOf(sid), {
    set: ['handed = :after', 'waitingBytes = waitingBytes - :bytes'],
    remove: firstOf(posted),
    condition,
    values: {
      ...values,
      ':after': handed + posted,
      ':bytes': bytesOf(packets.slice(0, posted)),
    },
  });
}

async function close(sid: string, last: string, at: At): Promise<readonly string[]> {
  const closed = await at.table.change(keyOf(sid), {
    set: ['closedWith = :last'],
    condition: `${polls} AND ${isOpen}`,
    values: { ':last': last },
    endsAt: at.inMs(closedForMs),
  });
  if (closed) return socketsOf(Kept.parse(closed));
  const found = await kept(sid, at);
  if (!found) return [];
  // Of one that is closed, the answer to a first try was lost, or another has closed it. Its client may still read why.
  if (found.closedWith === undefined) {
    const hasMoved = 'attribute_exists(movingTo) OR attribute_exists(toldOn)';
    await at.table.takeIf(keyOf(sid), { condition: hasMoved });
  }
  return socketsOf(found);
}

function socketsOf({ probedBy, movingTo, toldOn }: PollingSession): readonly string[] {
  return [...new Set([probedBy, movingTo, toldOn].filter((each) => each !== undefined))];
}

async function lose(sid: string, socketId: string, at: At): Promise<boolean> {
  const ended = await at.table.takeIf(keyOf(sid), {
    condition: 'toldOn = :socket OR movingTo = :socket',
    values: { ':socket': socketId },
  });
  // The answer to a first try may have been lost. What is to be forgotten then can be forgotten twice.
  return ended !== undefined || (await kept(sid, at)) === undefined;
}

async function orUnavailable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs: 2000, cause });
  }
}
