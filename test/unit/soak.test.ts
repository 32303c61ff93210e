import { describe, expect, test } from 'vitest';
import { checkHeard } from '../../bench/soak/check-heard.ts';
import { checkComingBack } from '../../bench/soak/check-coming-back.ts';
import { checkTold } from '../../bench/soak/check-told.ts';
import { promisesWithoutProof } from '../../bench/soak/checks.ts';
import { FailedRequests } from '../../bench/soak/failed-requests.ts';
import type { Heard } from '../../bench/soak/heard.ts';
import { LogReader } from '../../bench/soak/log-reader.ts';
import { KeptReader } from '../../bench/soak/kept-reader.ts';
import { MemoryReader } from '../../bench/soak/memory-reader.ts';
import { Standstills } from '../../bench/soak/standstills.ts';
import type { Kind } from '../../bench/soak/processes.ts';

const now = Date.now();
const offer: Heard = {
  at: now - 100_000,
  role: 'transporter',
  user: 'one',
  event: 'new_broadcast',
  id: 'event-1',
  data: {
    orderId: 'order',
    eventVersion: 1,
    customerPhone: '98xxxxxx10',
    expiresAt: new Date(now - 90_000).toISOString(),
  },
};
const end: Heard = {
  ...offer,
  event: 'order_expired',
  id: 'event-2',
  data: { orderId: 'order', eventVersion: 2 },
};

/** What contradicts the promises, by their names, where the database has one order at version 2 that was offered to one. */
async function broken(
  heard: readonly Heard[],
  failedEvents: readonly string[] = [],
  assigned: readonly { pair: string; since: number }[] = [],
  unansweredPosts = 0,
) {
  const sql = async <Row>(text: string) => {
    if (text.includes('weelo.outbox') || text.includes('told_kinds')) return [] as Row[];
    if (text.includes('min(created_at)')) return assigned as Row[];
    const rows = text.includes('event_version')
      ? [{ id: 'order', version: 2, closedAt: now - 90_000, deadline: now - 90_000 }]
      : [{ pair: 'one order' }];
    return rows as Row[];
  };
  const failed = new Map(failedEvents.map((id) => [id, 1]));
  const checks = await checkHeard(sql, heard, { failedEvents: failed, unansweredPosts });
  return checks.filter((check) => check.broken.length > 0).map(({ name }) => name);
}

describe('what clients have heard', () => {
  test('breaks nothing where each is told once, masked, in time, and to the end', async () => {
    expect(await broken([offer, end])).toEqual([]);
    const ofTheLine = (event: string): Heard => ({ ...offer, event, id: undefined, data: {} });
    expect(await broken([offer, ofTheLine('line lost'), ofTheLine('resumed')])).toEqual([]);
    // What is shown again when it is over already stays on the screen.
    const again = { ...offer, id: undefined };
    expect(await broken([offer, ofTheLine('line lost'), again, ofTheLine('resumed')])).toEqual([
      'P9: whoever lost an order knows it: no ghost stays on a screen',
    ]);
  });

  test('an offer has the whole phone for those alone who have a truck of the order on its way', async () => {
    const whole = { ...offer, data: { ...offer.data, customerPhone: '9876543210' } };
    const since = (at: number) => [{ pair: 'one order', since: at }];
    expect(await broken([whole, end], [], since(offer.at - 1))).toEqual([]);
    expect(await broken([whole, end], [], since(offer.at + 1))).toHaveLength(1);
    expect(await broken([{ ...whole, event: 'trucks_remaining_update' }, end])).toHaveLength(1);
  });

  test('an offer that comes after its end is dropped, as clients do', async () => {
    expect(await broken([end, offer])).toEqual([]);
  });

  test('an event may come twice if its delivery failed half-way, and no other one', async () => {
    expect(await broken([offer, offer, end], ['event-1'])).toEqual([]);
    expect(await broken([offer, offer, end], ['event-2'])).toHaveLength(1);
  });

  test('each post without an answer explains one that came twice', async () => {
    expect(await broken([offer, offer, end], [], [], 1)).toEqual([]);
    expect(await broken([offer, offer, offer, end], [], [], 1)).toHaveLength(1);
  });

  test.each<[string, readonly Heard[]]>([
    ['P6: no offer is shown past its deadline', [{ ...offer, at: now }, end]],
    [
      'P8: each event is told to a client once, and again only if a delivery or a post had failed',
      [offer, offer, end],
    ],
    [
      'P8: no client is told what was never committed',
      [offer, { ...end, data: { orderId: 'order', eventVersion: 3 } }],
    ],
    ['P9: whoever lost an order knows it: no ghost stays on a screen', [offer]],
    [
      'P12: phones are masked until a truck is assigned',
      [{ ...offer, data: { ...offer.data, customerPhone: '9876543210' } }, end],
    ],
    ['P12: a client hears of its own orders alone', [{ ...end, user: 'a stranger' }]],
  ])('%s: is found broken', async (name, heard) => {
    expect(await broken(heard)).toEqual([name]);
  });
});

describe('what clients should have heard', () => {
  const line = (event: string, at: number): Heard => ({
    ...end,
    event,
    id: undefined,
    at,
    data: {},
  });
  const resumed = line('resumed', now - 200_000);
  /** The database has one event and one offer, both for one client, from a hundred seconds ago. */
  const told = async (
    heard: readonly Heard[],
    { to = 'one', age = 100_000, until = null as number | null, failed = 0, heardUntil = now } = {},
  ) => {
    const sql = async <Row>(text: string) => {
      const at = now - age;
      if (text.includes('WINDOW'))
        return [{ orderId: 'order', user: to, from: at, until: at + 40_000 }] as Row[];
      const rows = text.includes('weelo.outbox')
        ? [{ id: 'event-1', event: 'new_broadcast', to: [to], at, until: until && at + until }]
        : [{ orderId: 'order', user: to, from: at, until: at + 40_000 }];
      return rows as Row[];
    };
    const checks = [
      ...(await checkTold(sql, heard, new Map(failed ? [['event-1', failed]] : []), heardUntil)),
      await checkComingBack(sql, heard),
    ];
    return {
      checked: checks.map(({ checked }) => checked),
      broken: checks.filter((check) => check.broken.length > 0).map(({ name }) => name),
    };
  };
  const missed = [
    'P8: each event is heard by the clients that are on line',
    'P10: whoever is on line, or comes back, sees each offer that is live',
  ];

  test('is what they have heard', async () => {
    expect(await told([resumed, offer])).toEqual({ checked: [1, 1, 0], broken: [] });
    // Much later is too late.
    const late = { ...offer, at: now - 60_000 };
    expect((await told([resumed, late])).broken).toEqual(missed.slice(0, 1));
  });

  test('and did not, is found', async () => {
    const all = { checked: [1, 1, 0], broken: missed };
    expect(await told([resumed])).toEqual(all);
    expect(await told([resumed, { ...offer, user: 'another' }])).toEqual(all);
  });

  test('is not looked for after the logs of the clients were read', async () => {
    const unseen = async (heardUntil: number) =>
      (await told([resumed], { heardUntil })).broken.includes(missed[1] ?? '');
    expect(await unseen(now - 91_000)).toBe(false);
    expect(await unseen(now - 89_000)).toBe(true);
  });

  test('is told late if its delivery failed, and not at all if its offer was over by then', async () => {
    const early = line('resumed', now - 400_000);
    const unheard = async (of: object) =>
      (await told([early], of)).broken.includes(missed[0] ?? '');
    expect(await unheard({ age: 80_000, failed: 1 })).toBe(false);
    expect(await unheard({ age: 100_000, failed: 1 })).toBe(true);
    expect(await unheard({ age: 100_000, failed: 2 })).toBe(false);
    expect(await unheard({ age: 300_000, failed: 1, until: 40_000 })).toBe(true);
    expect(await unheard({ age: 300_000, failed: 2, until: 40_000 })).toBe(false);
    expect(await unheard({ age: 300_000, until: 40_000 })).toBe(true);
    expect(await unheard({ age: 300_000, until: 500 })).toBe(false);
  });

  test('is nothing without a line, and all that is live when it is back', async () => {
    const lost = line('line lost', now - 150_000);
    expect(await told([resumed, lost])).toEqual({ checked: [0, 0, 0], broken: [] });
    const back = [resumed, lost, line('resumed', now - 80_000)];
    const again = 'P10: whoever comes back is told again each offer that is live';
    const unseen = { checked: [0, 1, 1], broken: [...missed.slice(1), again] };
    expect(await told(back)).toEqual(unseen);
    // To have seen it before is not enough.
    const before = { ...offer, at: now - 160_000 };
    expect(await told([...back, before])).toEqual({ ...unseen, broken: [again] });
    // What is shown again has no id.
    const shown = { ...offer, id: undefined, at: now - 79_000 };
    expect(await told([...back, shown])).toEqual({ checked: [0, 1, 1], broken: [] });
  });
});

test('a promise of which nothing was looked at is not kept', () => {
  const check = (number: number, checked = 1) => ({
    name: `P${number}: something`,
    checked,
    of: 'orders',
    broken: [],
  });
  const all = Array.from({ length: 12 }, (_, index) => check(index + 1));
  expect(promisesWithoutProof(all)).toEqual([]);
  expect(promisesWithoutProof([check(1), check(2, 0), ...all.slice(3)])).toEqual(['P2', 'P3']);
});

test('complaints without a known reason are told, and fail', () => {
  const entry = (level: string, message: string, error?: object) =>
    JSON.stringify({ level, service: 'notify', message, error });
  const reported = (lines: readonly string[], errors: readonly string[] = []) => {
    const said: string[] = [];
    const log = new LogReader();
    for (const each of lines) log.read(each);
    for (const each of errors) log.readError(each);
    const isExplained = log.report((line) => said.push(line));
    return { isExplained, said: said.join('\n') };
  };
  const known = ['ready http', entry('INFO', 'fine'), entry('WARN', 'SMS sent, but not noted')];
  expect(reported(known).isExplained).toBe(true);
  expect(reported([JSON.stringify({ _aws: {} })]).said).toContain('0 kinds of complaints');

  for (const level of ['WARN', 'ERROR']) {
    const { isExplained, said } = reported([...known, entry(level, 'Something new')]);
    expect(isExplained).toBe(false);
    expect(said).toMatch(new RegExp(`1 × ${level} notify: Something new.*: UNEXPLAINED`));
  }
  // Whose delivery failed is known by the event's id.
  const log = new LogReader();
  log.read(JSON.stringify({ level: 'ERROR', message: 'Message failed', eventId: 'event-1' }));
  log.read(JSON.stringify({ level: 'INFO', message: 'Event posted', eventId: 'event-2' }));
  expect([...log.failedEvents]).toEqual([['event-1', 1]]);
  log.read(JSON.stringify({ level: 'WARN', message: 'A post failed', error: 'TimeoutError' }));
  expect(log.unansweredPosts).toBe(1);
  // By the words of the error, and never by whatever else is in the line.
  const slow = { name: 'Error', message: 'failed', cause: { message: 'Command timed out' } };
  expect(reported([entry('ERROR', 'Message failed', slow)]).isExplained).toBe(true);
  const stack = { name: 'Error', message: 'failed', stack: 'at timed out' };
  expect(reported([entry('ERROR', 'Message failed', stack)]).isExplained).toBe(false);
  // What differs by an id alone is of one kind.
  const ids = ['019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e22', '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e27'];
  const { said } = reported(ids.map((id) => entry('ERROR', `No ${id}`)));
  expect(said).toContain('2 × ERROR notify: No <id>');
  // A function that crashes says so without a level, and the stage itself on its other stream.
  expect(reported([JSON.stringify({ function_name: 'x', message: 'crash' })]).isExplained).toBe(
    false,
  );
  expect(reported([], ['panic']).isExplained).toBe(false);
});

test('a request that failed is told once, and fails without a known reason', () => {
  const failed = new FailedRequests(new Standstills());
  const said: string[] = [];
  const problem = { at: '05:00', what: 'POST /x: 500 INTERNAL_ERROR: Something went wrong' };
  expect(failed.report(() => undefined)).toBe(true);
  failed.note({ problems: [problem] });
  failed.note({ problems: [problem] });
  expect(failed.count).toBe(1);
  expect(failed.report((line) => said.push(line))).toBe(false);
  expect(said.join('\n')).toContain('INTERNAL_ERROR: Something went wrong: UNEXPLAINED');
});

test('a request that ran out of time is explained by a standstill of the machine, and by nothing else', () => {
  const [before, after] = [Date.now(), Date.now() + 9000];
  const explainedAt = (at: number, what: string) => {
    const standstills = new Standstills();
    standstills.see(before);
    standstills.see(after);
    const failed = new FailedRequests(standstills);
    failed.note({ problems: [{ at: new Date(at).toISOString(), what }] });
    return failed.report(() => undefined);
  };
  const timeout = 'The operation was aborted due to timeout';
  expect(explainedAt(after + 100, timeout)).toBe(true);
  expect(explainedAt(after + 60_000, timeout)).toBe(false);
  expect(explainedAt(after + 100, '500 INTERNAL_ERROR: Something went wrong')).toBe(false);
});

test('a function that keeps more and more is found', () => {
  const keeping = (perHour: number) => {
    const kept = new KeptReader();
    for (const minute of [5, 10, 20, 40, 60]) {
      kept.note(minute, [{ name: 'orders', megabytes: [3, 20 + (perHour * minute) / 60] }]);
    }
    return kept.report(() => undefined);
  };
  expect(keeping(0)).toBe(true);
  expect(keeping(4)).toBe(true);
  expect(keeping(12)).toBe(false);
});

describe('memory', () => {
  /** Lives for so many minutes, in which the gateway grows; two functions stay as they are together, and change alone. */
  const reported = (minutes: number, growthPerHour: number) => {
    let minute = 0;
    const read = () =>
      new Map<number, { kind: Kind; megabytes: number }>([
        [1, { kind: 'gateway', megabytes: 200 + (growthPerHour * minute) / 60 }],
        [2, { kind: 'functions', megabytes: 100 + minute }],
        [3, { kind: 'functions', megabytes: 100 - minute }],
      ]);
    const memory = new MemoryReader(read, () => minute * 60_000);
    for (minute = 1; minute <= minutes; minute += 1) memory.sample();
    const said: string[] = [];
    const isFlat = memory.report((line) => said.push(line));
    return { isFlat, said: said.join('\n') };
  };

  test('that grows is found, where the run is long enough to tell', () => {
    expect(reported(60, 0).isFlat).toBe(true);
    expect(reported(60, 30).isFlat).toBe(true);
    const growing = reported(60, 100);
    expect(growing.isFlat).toBe(false);
    expect(growing.said).toContain('BROKEN the memory of gateway grows');
    expect(growing.said).not.toContain('memory of functions grows');
    expect(reported(15, 100).isFlat).toBe(true);
  });

  test('of an environment of a function stays below half of what it is given', () => {
    const having = (megabytes: number) => {
      let minute = 0;
      const read = () => new Map([[1, { kind: 'functions' as const, megabytes }]]);
      const memory = new MemoryReader(read, () => minute * 60_000);
      for (minute = 1; minute <= 60; minute += 1) memory.sample();
      return memory.report(() => undefined);
    };
    expect(having(500)).toBe(true);
    expect(having(600)).toBe(false);
  });

  test('is told of the first quarter and of the last, also of each process', () => {
    const { said } = reported(60, 120);
    expect(said).toContain('  gateway: 215, 305');
    expect(said).toContain('  functions: 200, 200');
    expect(said).toContain('    process 2: 108, 153');
  });
});
