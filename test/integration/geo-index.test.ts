import * as fc from 'fast-check';
import { Cluster } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { captainsOfIndia, largest, randomFrom, type Captain } from '../../bench/geo/captains.ts';
import { loadIndex } from '../../bench/geo/load-captains.ts';
import { startRedis } from 'local-cloud/engines';
import { asKept, codeOf, codesOf } from '../../src/fleet/presence/index/geo-entry.ts';
import { openGeoIndex } from '../../src/fleet/presence/index/geo-index.ts';
import { openGazetteer } from '../../src/places/gazetteer/gazetteer.ts';
import { greatCircleKm, type Position } from '../../src/places/position.ts';
import type { RedisConnection } from '../../src/platform/redis/redis.ts';
import { around, besideLine, inIndia } from '../support/positions-in-india.ts';

// Of its own: who is nearest is a question about everybody who is there.
vi.stubEnv('REDIS_URL', '');
const engine = await startRedis();
vi.unstubAllEnvs();
const control = new Cluster([engine.url], { enableAutoPipelining: true });
afterAll(async () => {
  control.disconnect();
  await engine.stop();
});

type Redis = Pick<RedisConnection, 'evaluate' | 'getRange'>;
/** As patient as a busy machine needs it: the functions' own connection gives up after 300 ms. */
const connection: Redis = {
  evaluate: (script, keys, args) => control.eval(script, keys.length, ...keys, ...args),
  getRange: (key, first, last) => control.getrange(key, first, last),
};

let now = Date.now();
const clock = { now: () => new Date(now) };
const later = (ms: number) => (now += ms);
const index = openGeoIndex({ redis: connection, clock });

const forgetEverything = () => Promise.all(control.nodes('master').map((node) => node.flushall()));
/** Another time, another place: whoever was there before is not seen any more. */
const nobodyIsThere = () => later(600_000);

const id = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;
const here = { latitude: 19.0728, longitude: 72.8826 };
/** So many kilometres to the north of here. */
const north = (km: number): Position => ({ ...here, latitude: here.latitude + km / 111.195 });
const open17 = ['open_17_ft'];

const place = (number: number, position: Position, kinds: readonly string[] = open17) =>
  index.noteHeartbeat({ id: id(number), position, readKinds: async () => kinds });
const idsOf = (found: readonly { readonly id: string }[]) => found.map((each) => each.id);
const nearHere = { from: here, radiusKm: 15, count: 10 };

/** What is asked of Redis while somebody works. */
function overheard() {
  const asked: string[] = [];
  const redis: Redis = {
    evaluate: (script, keys, args) => {
      asked.push(`${script.trim().split('\n')[0]} ${keys[0]}`);
      return connection.evaluate(script, keys, args);
    },
    getRange: (key, first, last) => {
      asked.push(`getrange ${key}`);
      return connection.getRange(key, first, last);
    },
  };
  return { index: openGeoIndex({ redis, clock }), take: () => asked.splice(0) };
}

/** Every entry of a captain that is in any cell. */
async function entriesOf(captain: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const node of control.nodes('master')) {
    for (const key of await node.keys('geo:{*}:*')) {
      const entries = await control.zrangebyscore(key, now - 90_000, '+inf');
      found.push(...entries.filter((entry) => entry.endsWith(captain)).map(() => key));
    }
  }
  return found;
}

/** By asking everybody. */
function nearestByForce(
  captains: readonly { readonly id: string; readonly position: Position }[],
  { from, radiusKm, count = 10 }: { from: Position; radiusKm: number; count?: number },
) {
  return captains
    .map((each) => ({ id: each.id, km: greatCircleKm(from, asKept(each.position)) }))
    .filter(({ km }) => km <= radiusKm)
    .sort((a, b) => a.km - b.km)
    .slice(0, count);
}

const radius = fc.double({ min: 1, max: 100, noNaN: true });
const pickup = fc.oneof(inIndia, besideLine);

describe('the nearest ten are those that asking everybody finds', () => {
  test.each([
    { captains: 1, runs: 60 },
    { captains: 10, runs: 40 },
    { captains: 60, runs: 10 },
  ])(
    'of $captains',
    async ({ captains, runs }) => {
      const scenes = fc.record({ from: pickup, radiusKm: radius }).chain(({ from, radiusKm }) =>
        fc.record({
          from: fc.constant(from),
          radiusKm: fc.constant(radiusKm),
          positions: fc.array(around(from, radiusKm * 1.3), {
            minLength: captains,
            maxLength: captains,
          }),
        }),
      );
      let found = 0;
      await fc.assert(
        fc.asyncProperty(scenes, async ({ from, radiusKm, positions }) => {
          nobodyIsThere();
          const all = positions.map((position, number) => ({ id: id(number), position }));
          await Promise.all(all.map((each, number) => place(number, each.position)));
          const nearest = await index.nearest({ from, radiusKm, count: 10 });
          const expected = nearestByForce(all, { from, radiusKm });
          expect(nearest.map(({ distanceKm }) => distanceKm)).toEqual(expected.map(({ km }) => km));
          for (const each of nearest) {
            const placed = all.find((captain) => captain.id === each.id);
            expect(each.position).toEqual(placed && asKept(placed.position));
          }
          found += nearest.length;
        }),
        { numRuns: runs },
      );
      expect(found).toBeGreaterThan(runs / 4);
    },
    60_000,
  );

  describe('of 100,000', () => {
    let captains: readonly Captain[];
    beforeAll(async () => {
      nobodyIsThere();
      captains = await captainsOfIndia(100_000, randomFrom(1));
      await loadIndex(control, captains, now);
    });

    const amongThem = fc
      .nat({ max: 99_999 })
      .chain((number) => around(captains[number]?.position ?? here, 60));

    test('wherever they are', async () => {
      const scenes = fc.record({ from: fc.oneof(amongThem, pickup), radiusKm: radius });
      let found = 0;
      await fc.assert(
        fc.asyncProperty(scenes, async ({ from, radiusKm }) => {
          const nearest = await index.nearest({ from, radiusKm, count: 10 });
          const expected = nearestByForce(captains, { from, radiusKm });
          expect(nearest.map(({ distanceKm }) => distanceKm)).toEqual(expected.map(({ km }) => km));
          found += nearest.length;
        }),
        { numRuns: 80 },
      );
      expect(found).toBeGreaterThan(200);
    }, 60_000);

    test('or the nearest hundreds, in as few questions as a search may ask', async () => {
      const cities = largest(await openGazetteer(), 20);
      const scenes = fc.record({
        from: fc.constantFrom(...cities).chain((city) => around(city, 5)),
        radiusKm: fc.double({ min: 5, max: 15, noNaN: true }),
        count: fc.integer({ min: 51, max: 200 }),
        kinds: fc.constantFrom<string[]>([], ['lcv_open_14_ft'], ['bulker_32_t', 'tanker_36_t']),
      });
      const { index: heard, take } = overheard();
      let full = 0;
      await fc.assert(
        fc.asyncProperty(scenes, async (wanted) => {
          const { kinds, count } = wanted;
          take();
          const nearest = await heard.nearest(wanted);
          expect(take().length).toBeLessThanOrEqual(4);
          const able = captains.filter(
            (each) => kinds.length === 0 || each.kinds.some((kind) => kinds.includes(kind)),
          );
          expect(nearest.map(({ distanceKm }) => distanceKm)).toEqual(
            nearestByForce(able, wanted).map(({ km }) => km),
          );
          if (nearest.length === count) full += 1;
        }),
        { numRuns: 60 },
      );
      expect(full).toBeGreaterThan(3);
    }, 60_000);

    test('of a kind, and without those who were asked', async () => {
      const kinds = ['container_19_ft', 'tanker_36_t'];
      const scenes = fc.record({ from: amongThem, radiusKm: radius });
      await fc.assert(
        fc.asyncProperty(scenes, async ({ from, radiusKm }) => {
          const able = captains.filter((each) => each.kinds.some((kind) => kinds.includes(kind)));
          const asked = new Set(idsOf(nearestByForce(able, { from, radiusKm }).slice(0, 5)));
          const left = able.filter((each) => !asked.has(each.id));
          const wanted = { from, radiusKm, count: 10, kinds, exclude: asked };
          const nearest = await index.nearest(wanted);
          expect(nearest.map(({ distanceKm }) => distanceKm)).toEqual(
            nearestByForce(left, { from, radiusKm }).map(({ km }) => km),
          );
          for (const each of nearest) {
            const captain = captains.find((one) => one.id === each.id);
            expect(new Set(each.kinds)).toEqual(new Set(captain?.kinds));
          }
        }),
        { numRuns: 30 },
      );
    }, 60_000);
  });
});

describe('a captain', () => {
  beforeEach(forgetEverything);

  test('who moves is found where it is, once', async () => {
    nobodyIsThere();
    await place(1, here);
    for (const km of [0.1, 0.4, 3, 12]) {
      later(31_000);
      await place(1, north(km));
      const [found, ...more] = await index.nearest(nearHere);
      expect(more).toEqual([]);
      expect(found?.distanceKm).toBeCloseTo(km, 2);
      expect(await entriesOf(id(1))).toHaveLength(1);
    }
    later(10_000);
    await place(1, north(20));
    expect(await index.nearest(nearHere)).toEqual([]);
  });

  test('unseen for 90 s is not found; one who goes on is', async () => {
    nobodyIsThere();
    await place(1, here);
    for (let seconds = 0; seconds < 90; seconds += 5) {
      await place(2, north(1));
      later(5000);
    }
    expect(idsOf(await index.nearest(nearHere))).toEqual([id(1), id(2)]);
    later(1);
    expect(idsOf(await index.nearest(nearHere))).toEqual([id(2)]);
    later(90_000);
    expect(await index.nearest({ ...nearHere, radiusKm: 100 })).toEqual([]);
  });

  test('who is found twice is at the position that was seen last', async () => {
    nobodyIsThere();
    await place(1, north(2));
    await control.del(`geo:captain:{${id(1)}}`);
    later(1000);
    await place(1, north(5));
    expect(await entriesOf(id(1))).toHaveLength(2);
    const found = await index.nearest(nearHere);
    expect(found.map(({ distanceKm }) => Math.round(distanceKm))).toEqual([5]);
  });

  test('who goes offline while a heartbeat is being written is not there, until the next one', async () => {
    nobodyIsThere();
    const { promise: held, resolve: release } = Promise.withResolvers<undefined>();
    const slow: Redis = {
      ...connection,
      evaluate: async (script, keys, args) => {
        if (keys[0]?.startsWith('geo:{') === true) await held;
        return connection.evaluate(script, keys, args);
      },
    };
    const late = openGeoIndex({ redis: slow, clock });
    const beating = late.noteHeartbeat({
      id: id(1),
      position: here,
      readKinds: async () => open17,
    });
    await vi.waitFor(async () => expect(await index.lastSeen(id(1))).toBeDefined(), 10_000);
    await index.remove(id(1));
    release(undefined);
    await beating;
    expect(await index.nearest(nearHere)).toEqual([]);
    expect(await entriesOf(id(1))).toEqual([]);
    later(5000);
    await place(1, here);
    expect(idsOf(await index.nearest(nearHere))).toEqual([id(1)]);
  });

  test('who goes offline between two heartbeats is removed with both, or known still', async () => {
    nobodyIsThere();
    await place(1, here);
    let crossed = false;
    const crossing = openGeoIndex({
      redis: {
        ...connection,
        evaluate: async (script, keys, args) => {
          const answer = await connection.evaluate(script, keys, args);
          if (!crossed && keys[0]?.startsWith('geo:gone') === true) {
            crossed = true;
            later(5000);
            await place(1, north(3));
          }
          return answer;
        },
      },
      clock,
    });
    await crossing.remove(id(1));
    expect(crossed).toBe(true);
    expect(await index.nearest(nearHere)).toEqual([]);
    expect(await index.lastSeen(id(1))).toBeUndefined();
  });

  test('whose entry could not be taken for a while leaves none behind', async () => {
    nobodyIsThere();
    await place(1, here);
    later(5000);
    await place(1, here);
    const away = openGeoIndex({
      redis: {
        ...connection,
        evaluate: (script, keys, args) =>
          script.trim().startsWith(`redis.call('ZREM'`) && keys.length === 1
            ? Promise.reject(new Error('Lost'))
            : connection.evaluate(script, keys, args),
      },
      clock,
    });
    for (let beats = 0; beats < 4; beats += 1) {
      later(5000);
      const moved = { id: id(1), position: north(3), readKinds: async () => open17 };
      await expect(away.noteHeartbeat(moved)).rejects.toThrow('Lost');
    }
    expect(await entriesOf(id(1))).toHaveLength(2);
    await index.remove(id(1));
    expect(await entriesOf(id(1))).toEqual([]);
  });

  test('who goes offline is gone at once, and was not seen', async () => {
    nobodyIsThere();
    await place(1, here);
    later(5000);
    await place(1, north(2));
    expect(await index.lastSeen(id(1))).toEqual(new Date(now));
    await index.remove(id(1));
    expect(await index.nearest(nearHere)).toEqual([]);
    expect(await entriesOf(id(1))).toEqual([]);
    expect(await index.lastSeen(id(1))).toBeUndefined();
    await index.remove(id(1));
  });

  test('leaves nothing in Redis that does not end by itself', async () => {
    nobodyIsThere();
    await place(1, here);
    await place(2, north(0.01));
    const keys = await Promise.all(control.nodes('master').map((node) => node.keys('*')));
    const lives = await Promise.all(keys.flat().map((key) => control.pttl(key)));
    expect(
      Math.min(...lives.filter((life) => life !== 3_600_000 && life < 3_000_000)),
    ).toBeGreaterThan(0);
    expect(lives).not.toContain(-1);
    // Whoever stays in a cell that others have left sweeps it.
    later(121_000);
    await place(2, north(0.01));
    const [cell = ''] = await entriesOf(id(2));
    expect(await control.zcard(cell)).toBe(1);
  });
});

test('captains who were asked do not hide captains who are farther away', async () => {
  nobodyIsThere();
  const asked = Array.from({ length: 30 }, (_, number) => number);
  for (const number of asked) await place(number, north(2));
  await place(30, north(6));
  const exclude = new Set(asked.map(id));
  expect(idsOf(await index.nearest({ ...nearHere, exclude }))).toEqual([id(30)]);
});

describe('kinds', () => {
  beforeEach(forgetEverything);

  test('any of those that are wanted will do', async () => {
    nobodyIsThere();
    await place(1, north(1), ['open_17_ft', 'tanker_36_t']);
    await place(2, north(2), ['container_19_ft']);
    await place(3, north(3), ['tanker_36_t', 'container_19_ft']);
    const of = async (...kinds: readonly string[]) =>
      idsOf(await index.nearest({ ...nearHere, kinds }));
    expect(await of('tanker_36_t')).toEqual([id(1), id(3)]);
    expect(await of('open_17_ft', 'container_19_ft')).toEqual([id(1), id(2), id(3)]);
    expect(await of('bulker_32_t')).toEqual([]);
    expect(await of()).toEqual([id(1), id(2), id(3)]);
  });

  test('are found where they begin, and nowhere else in an entry', async () => {
    nobodyIsThere();
    const kindOf = (code: string) => {
      for (let n = 0; ; n += 1) if (codeOf(`kind_${n}`) === code) return `kind_${n}`;
    };
    const own = ['container', 'open'];
    await place(1, north(1), own);
    const codes = codesOf(own).join('');
    const of = async (code: string) =>
      idsOf(await index.nearest({ ...nearHere, kinds: [kindOf(code)] }));
    expect(await of(codes.slice(0, 2))).toEqual([id(1)]);
    expect(await of(codes.slice(2, 4))).toEqual([id(1)]);
    expect(await of(codes.slice(1, 3))).toEqual([]);
    // As its id begins.
    expect(await of('00')).toEqual([]);
  });

  test('are asked for once in five minutes, and again when the fleet has changed', async () => {
    nobodyIsThere();
    const readKinds = vi.fn<() => Promise<readonly string[]>>(async () => open17);
    const captain = { id: id(7), position: here, readKinds };
    await index.forgetKinds(id(7));
    expect(await index.noteHeartbeat(captain)).toEqual(open17);
    later(5000);
    expect(await index.noteHeartbeat(captain)).toEqual(open17);
    expect(readKinds).toHaveBeenCalledOnce();

    readKinds.mockResolvedValue(['tanker_36_t']);
    await index.forgetKinds(id(7));
    later(5000);
    expect(await index.noteHeartbeat(captain)).toEqual(['tanker_36_t']);
    expect(idsOf(await index.nearest({ ...nearHere, kinds: open17 }))).toEqual([]);
    expect(idsOf(await index.nearest({ ...nearHere, kinds: ['tanker_36_t'] }))).toEqual([id(7)]);
    expect(await entriesOf(id(7))).toHaveLength(1);
  });

  test('that were read before the fleet changed are not kept after it', async () => {
    nobodyIsThere();
    const changed: readonly string[] = ['tanker_36_t'];
    await index.forgetKinds(id(8));
    await index.noteHeartbeat({
      id: id(8),
      position: here,
      readKinds: async () => {
        await index.forgetKinds(id(8));
        return open17;
      },
    });
    later(5000);
    expect(await place(8, here, changed)).toEqual(changed);
  });

  test('of none: it is seen, and not found', async () => {
    nobodyIsThere();
    await place(9, here);
    await index.forgetKinds(id(9));
    later(5000);
    expect(await place(9, here, [])).toEqual([]);
    expect(await index.nearest(nearHere)).toEqual([]);
    expect(await entriesOf(id(9))).toEqual([]);
    expect(await index.lastSeen(id(9))).toEqual(new Date(now));
  });
});

describe('a heartbeat', () => {
  beforeEach(forgetEverything);

  const thirty = Array.from({ length: 30 }, (_, number) => `kind_${number}`);

  test.each([{ kinds: open17 }, { kinds: thirty }])(
    'asks Redis once, and writes once when 30 s have passed or the cell changed ($kinds.length kinds)',
    async ({ kinds }) => {
      nobodyIsThere();
      const { index: heard, take } = overheard();
      const captain = { id: id(kinds.length + 20), readKinds: async () => kinds };
      const beat = async (position: Position) => {
        take();
        await heard.noteHeartbeat({ ...captain, position });
        return take().length;
      };
      await beat(here);
      later(5000);
      await beat(here);
      // A minute: a write of cell and map every 30 s, and not a word besides.
      const minute: number[] = [];
      for (let beats = 0; beats < 12; beats += 1) {
        later(5000);
        minute.push(await beat(here));
      }
      expect(minute).toEqual([1, 1, 1, 1, 1, 3, 1, 1, 1, 1, 1, 3]);
      later(5000);
      expect(await beat(north(3))).toBe(4);
      later(5000);
      expect(await beat(north(3))).toBe(4);
      later(5000);
      expect(await beat(north(3))).toBe(1);
    },
  );

  test('that was cut off anywhere is made good by the next one', async () => {
    const moves = fc.record({
      lost: fc.subarray([0, 1, 2]),
      first: fc.boolean(),
      back: fc.boolean(),
      km: fc.constantFrom(0.7, 4, 13),
    });
    await fc.assert(
      fc.asyncProperty(moves, async ({ lost, first, back, km }) => {
        await forgetEverything();
        if (!first) {
          await place(30, here);
          later(5000);
          await place(30, here);
          later(5000);
        }
        let writes = 0;
        const faulty: Redis = {
          ...connection,
          evaluate: async (script, keys, args) => {
            const isNote = keys[0]?.startsWith('geo:captain') === true;
            if (!isNote && lost.includes(writes++)) throw new Error('Lost');
            return connection.evaluate(script, keys, args);
          },
        };
        const cutOff = openGeoIndex({ redis: faulty, clock });
        const captain = { id: id(30), position: north(km), readKinds: async () => open17 };
        const whole = await cutOff.noteHeartbeat(captain).then(
          () => true,
          () => false,
        );

        // Only who was cut off may change its cell again so soon.
        later(whole ? 10_000 : 5000);
        const at = back ? here : north(km);
        await place(30, at);
        expect(await entriesOf(id(30))).toHaveLength(1);
        const [found] = await index.nearest({ ...nearHere, radiusKm: 100 });
        expect(found?.position).toEqual(asKept(at));
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  test('that comes late is refused, and changes nothing', async () => {
    nobodyIsThere();
    await place(40, north(1));
    later(-2000);
    await expect(place(40, north(5))).rejects.toMatchObject({ code: 'RATE_LIMIT_EXCEEDED' });
    later(2000);
    const found = await index.nearest(nearHere);
    expect(found.map(({ distanceKm }) => Math.round(distanceKm))).toEqual([1]);
  });
});

describe('a heartbeat too many', () => {
  beforeEach(forgetEverything);
  const km = { near: 0.1, far: 3 } as const;

  test('is no heartbeat that the client sends again, because the answer was lost with its connection', async () => {
    nobodyIsThere();
    const twice = openGeoIndex({
      redis: {
        ...connection,
        evaluate: async (script, keys, args) => {
          await connection.evaluate(script, keys, args);
          return connection.evaluate(script, keys, args);
        },
      },
      clock,
    });
    const readKinds = async () => ['open_17_ft'];
    await twice.noteHeartbeat({ id: id(49), position: north(1), readKinds });
    later(30_000);
    await twice.noteHeartbeat({ id: id(49), position: north(1), readKinds });
    expect(await index.nearest(nearHere)).toMatchObject([{ id: id(49) }]);
  });

  test('is refused for two seconds, and notes nothing', async () => {
    nobodyIsThere();
    await place(50, north(1));
    later(500);
    await expect(place(50, north(5))).rejects.toMatchObject({
      code: 'RATE_LIMIT_EXCEEDED',
      facts: { retryAfterMs: 1500 },
    });
    later(1499);
    await expect(place(50, north(5))).rejects.toMatchObject({ facts: { retryAfterMs: 1 } });
    expect(await index.lastSeen(id(50))).toEqual(new Date(now - 1999));
    later(1);
    expect(await place(50, north(1))).toEqual(open17);
  });

  test('costs one question, whether its kinds are known or not: of 200 at once one goes on', async () => {
    for (const round of ['kinds are read', 'kinds are known']) {
      nobodyIsThere();
      let asked = 0;
      // It waits as long as it takes, however busy the machine is.
      const patient: Redis = {
        ...connection,
        evaluate: (script, keys, args) => {
          asked += 1;
          return control.eval(script, keys.length, ...keys, ...args);
        },
      };
      const heard = openGeoIndex({ redis: patient, clock });
      const readKinds = vi.fn<() => Promise<readonly string[]>>(async () => open17);
      const beats = Array.from({ length: 200 }, () =>
        heard.noteHeartbeat({ id: id(51), position: here, readKinds }),
      );
      const outcomes = await Promise.allSettled(beats);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      // Of the one: what it noted, once more with the kinds that it read, its cell and its map.
      const reads = round === 'kinds are read' ? 1 : 0;
      expect(readKinds).toHaveBeenCalledTimes(reads);
      expect(asked).toBe(199 + 3 + reads);
    }
  });

  test('of one captain leaves the others alone', async () => {
    nobodyIsThere();
    await place(52, here);
    expect(await place(53, here)).toEqual(open17);
  });

  test('is heard where limits are lifted', async () => {
    nobodyIsThere();
    const lifted = openGeoIndex({ redis: connection, clock, limitsLifted: true });
    const captain = { id: id(54), readKinds: async () => open17 };
    for (const way of [north(1), north(1.1), north(1.2)]) {
      expect(await lifted.noteHeartbeat({ ...captain, position: way })).toEqual(open17);
    }
  });

  test('between two cells, as fast as it may, is written twice in ten seconds', async () => {
    nobodyIsThere();
    const { index: heard, take } = overheard();
    const captain = { id: id(55), readKinds: async () => open17 };
    const beat = (position: Position) => heard.noteHeartbeat({ ...captain, position });
    await beat(north(km.near));
    later(30_000);
    take();
    for (let seconds = 0; seconds < 60; seconds += 2) {
      await beat(north(seconds % 4 === 0 ? km.far : km.near));
      later(2000);
    }
    const asked = take();
    const about = (what: RegExp) => asked.filter((each) => what.test(each)).length;
    expect(about(/geo:captain/)).toBe(30);
    expect(about(/geo:map/)).toBeLessThanOrEqual(12);
    expect(about(/geo:\{....\}:..$/)).toBeLessThanOrEqual(24);
    expect(await entriesOf(id(55))).toHaveLength(1);
  });

  test('is found at its first cell for ten seconds, and then where it is', async () => {
    nobodyIsThere();
    await place(56, north(1));
    later(10_000);
    await place(56, north(2));
    for (const seconds of [2, 4, 6, 8]) {
      later(2000);
      await place(56, north(5));
      const [found] = await index.nearest(nearHere);
      expect([seconds, Math.round(found?.distanceKm ?? 0)]).toEqual([seconds, 2]);
      expect(await index.lastSeen(id(56))).toEqual(new Date(now));
    }
    later(2000);
    await place(56, north(5));
    const found = await index.nearest(nearHere);
    expect(found.map(({ distanceKm }) => Math.round(distanceKm))).toEqual([5]);
  });

  test('is written at once where its fleet has changed, too', async () => {
    nobodyIsThere();
    await place(57, north(1));
    await index.forgetKinds(id(57));
    later(2000);
    await place(57, north(5), ['tanker_36_t']);
    const [found] = await index.nearest(nearHere);
    expect(found).toMatchObject({ kinds: ['tanker_36_t'] });
    expect(Math.round(found?.distanceKm ?? 0)).toBe(5);
  });
});

describe('what is asked of Redis', () => {
  beforeEach(forgetEverything);

  test('where nobody is: the maps, and nothing else', async () => {
    const { index: heard, take } = overheard();
    const atSea = { latitude: 17, longitude: 71.5 };
    expect(await heard.nearest({ from: atSea, radiusKm: 100, count: 10 })).toEqual([]);
    const asked = take();
    expect(asked.length).toBeLessThanOrEqual(4);
    for (const each of asked) expect(each).toMatch(/^getrange geo:map:/);
  });

  test('where everybody is: the cells around, in one round trip', async () => {
    nobodyIsThere();
    for (let number = 0; number < 12; number += 1) await place(number, north(number / 20));
    const { index: heard, take } = overheard();
    expect(await heard.nearest(nearHere)).toHaveLength(10);
    const asked = take();
    expect(asked.length).toBeLessThanOrEqual(4);
    for (const each of asked) expect(each).toMatch(/geo:\{...\}:...$/);
  });
});
