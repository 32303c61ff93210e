import { expect, test } from 'vitest';
import { FrameWatch } from '../../src/gateway/frame-watch.ts';

const LIMIT = 32 * 1024;

interface Frame {
  readonly length: number;
  readonly isMasked: boolean;
  readonly opcode: number;
}

/** As RFC 6455, 5.2 lays it out. */
function bytesOf({ length, isMasked, opcode }: Frame): Buffer {
  const extended = Buffer.alloc(length < 126 ? 0 : length < 65_536 ? 2 : 8);
  if (extended.length === 2) extended.writeUInt16BE(length);
  if (extended.length === 8) extended.writeBigUInt64BE(BigInt(length));
  const short = length < 126 ? length : length < 65_536 ? 126 : 127;
  const mask = isMasked ? 0x80 : 0;
  // A payload of 0xff would be read as a header of a huge frame, were it taken for one.
  const rest = Buffer.alloc((isMasked ? 4 : 0) + length, 0xff);
  return Buffer.concat([Buffer.from([0x80 | opcode, mask | short]), extended, rest]);
}

function inPieces(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort(
    (a, b) => a - b,
  );
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

/** The same sequence on every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

const lengths = [0, 1, 125, 126, 300, LIMIT - 1, LIMIT, LIMIT + 1, 65_535, 65_536, 70_000];

test('a frame is too long or not, however its bytes arrive', () => {
  const verdicts = { exceeded: 0, passed: 0 };
  for (let seed = 0; seed < 400; seed += 1) {
    const below = numbers(seed);
    const frames = Array.from({ length: 1 + below(5) }, () => ({
      // Mostly short ones, so that one that is too long also comes late.
      length: lengths[below(below(4) === 0 ? lengths.length : 7)] ?? 0,
      isMasked: below(2) === 0,
      opcode: below(3),
    }));
    const cuts = Array.from({ length: below(12) }, () => below(2 ** 31));
    const watch = new FrameWatch(LIMIT);
    const pieces = inPieces(Buffer.concat(frames.map(bytesOf)), cuts);
    const isExceeded = pieces.some((piece) => watch.isExceededBy(piece));
    expect(isExceeded, `seed ${seed}`).toBe(frames.some((each) => each.length > LIMIT));
    verdicts[isExceeded ? 'exceeded' : 'passed'] += 1;
  }
  expect(verdicts.exceeded).toBeGreaterThan(50);
  expect(verdicts.passed).toBeGreaterThan(50);
});

test('a header that comes byte by byte is read when it is whole', () => {
  const watch = new FrameWatch(LIMIT);
  const header = bytesOf({ length: 70_000, isMasked: true, opcode: 1 }).subarray(0, 14);
  const seen = [...header].map((byte) => watch.isExceededBy(Buffer.from([byte])));
  expect(seen.indexOf(true)).toBe(13);
});

test('only data frames are measured', () => {
  const close = bytesOf({ length: LIMIT + 1, isMasked: true, opcode: 8 });
  expect(new FrameWatch(LIMIT).isExceededBy(close)).toBe(false);
});
