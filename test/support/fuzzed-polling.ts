import * as fc from 'fast-check';

/** What a client of Engine.IO does, or somebody who says that he is one. */
export type Step =
  | { readonly kind: 'open' }
  | { readonly kind: 'name' }
  | {
      readonly kind: 'request';
      readonly method: string;
      readonly path: string;
      readonly query: readonly (readonly [name: string, value: string])[];
      /** Which id it shows in the end. */
      readonly sid: Sid;
      readonly body?: string;
      readonly type?: string;
    }
  | { readonly kind: 'read'; readonly sid: Sid; readonly abortedAfterMs: number }
  | { readonly kind: 'say'; readonly sid: Sid; readonly payload: string }
  | {
      readonly kind: 'socket';
      readonly sid: Sid;
      readonly frames: readonly string[];
      readonly waits: boolean;
      readonly closes: 'politely' | 'by a cut' | 'not';
    };

/** Its own session, one that has ended, one that another fuzzer may have, or no id at all. */
type Sid = 'own' | 'ended' | 'none' | { readonly text: string };

const separator = '\u001e';
const nasty = fc.constantFrom(
  '\u0000',
  '\uFFFF',
  separator,
  'poll.',
  '/',
  '%',
  '&sid=',
  '__proto__',
  '𝕏',
  '9'.repeat(40),
);

const sid: fc.Arbitrary<Sid> = fc.oneof(
  { weight: 8, arbitrary: fc.constant('own' as const) },
  { weight: 1, arbitrary: fc.constant('ended' as const) },
  { weight: 1, arbitrary: fc.constant('none' as const) },
  {
    weight: 1,
    arbitrary: fc
      .oneof(
        fc.stringMatching(/^poll\.[\w-]{0,30}$/),
        fc.string({ maxLength: 40 }),
        nasty,
        fc.stringMatching(/^poll\.[\w-]{24}$/),
        fc.constantFrom('x'.repeat(3000), `poll.${'x'.repeat(3000)}`, `poll.${'x'.repeat(24)}/`),
      )
      .map((text) => ({ text })),
  },
);

const event = fc
  .tuple(
    fc.constantFrom('ping', 'join_booking', 'heartbeat', 'dispatch_ack', 'hold', '__proto__'),
    fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 2 }),
  )
  .map(([name, rest]) => `42${JSON.stringify([name, ...rest])}`);
const packet = fc.oneof(
  { weight: 4, arbitrary: event },
  {
    weight: 2,
    arbitrary: fc.constantFrom('2', '2probe', '3', '6', '40', '40{"token":"x"}', '43[]'),
  },
  { weight: 1, arbitrary: fc.constantFrom('1', '5', '0{}', '41', '7', 'bAQIDBA==', '', '4') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
);
const payload = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.array(packet, { minLength: 1, maxLength: 5 }).map((each) => each.join(separator)),
  },
  { weight: 1, arbitrary: fc.tuple(packet, nasty, packet).map((each) => each.join('')) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '2'.concat(separator).repeat(50).concat('2'),
      '6'.concat(separator).repeat(400).concat('6'),
      `4${'x'.repeat(40_000)}`,
      `4${'x'.repeat(70_000)}`,
      separator.repeat(100),
      '42'.concat('['.repeat(5000)),
    ),
  },
);

const word = fc.oneof(
  fc.constantFrom('4', '3', 'polling', 'websocket', ''),
  nasty,
  fc.string({ maxLength: 20 }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ kind: 'open' as const }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'name' as const }) },
  {
    weight: 6,
    arbitrary: fc.record(
      {
        kind: fc.constant('request' as const),
        method: fc.constantFrom('GET', 'POST', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH'),
        path: fc.constantFrom(
          '/socket.io/',
          '/socket.io',
          '/socket.io/x',
          '/socket.io//',
          '/socket.io/%2F',
        ),
        query: fc.array(
          fc.tuple(fc.oneof(fc.constantFrom('EIO', 'transport', 't', 'sid'), word), word),
          { maxLength: 4 },
        ),
        sid,
        body: payload,
        type: fc.constantFrom(
          'text/plain',
          'text/plain;charset=UTF-8',
          'application/json',
          'application/octet-stream',
        ),
      },
      { requiredKeys: ['kind', 'method', 'path', 'query', 'sid'] },
    ),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('read' as const),
      sid,
      abortedAfterMs: fc.integer({ min: 0, max: 400 }),
    }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('say' as const), sid, payload }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('socket' as const),
      sid,
      frames: fc.oneof(
        fc.array(packet, { maxLength: 4 }),
        fc.array(packet, { maxLength: 4 }).map((rest) => ['2probe', ...rest]),
        fc.array(packet, { maxLength: 4 }).map((rest) => ['2probe', '5', ...rest]),
      ),
      waits: fc.boolean(),
      closes: fc.constantFrom('politely', 'by a cut', 'not'),
    }),
  },
);

export function fuzzedSteps(count: number, seed: number): readonly Step[] {
  return fc.sample(step, { numRuns: count, seed });
}
