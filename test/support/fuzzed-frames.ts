import * as fc from 'fast-check';
import { socketActions } from '../../src/contract/socket/actions.ts';

/** What a client sends: a text, bytes in a binary frame, or bytes that are no frame at all. */
export type Frame =
  | { readonly text: string; readonly inPieces: boolean }
  | { readonly binary: Uint8Array }
  | { readonly raw: Uint8Array };

const uuid = fc.uuid();
const actions = [...socketActions.map(({ action }) => action), 'hold', 'toString', '__proto__'];

/** A message that follows the protocol, though its ids are nobody's. */
const message = fc.oneof(
  fc.constantFrom('ping', 'resume').map((action) => ({ action, ref: 'r' })),
  uuid.map((eventId) => ({ action: 'ack', ref: 'r', eventId })),
  uuid.map((orderId) => ({ action: 'join', ref: 'r', data: { orderId } })),
  uuid.map((orderId) => ({ action: 'leave', ref: 'r', data: { orderId } })),
  fc
    .record({ latitude: fc.double(), longitude: fc.double() })
    .map((data) => ({ action: 'location', ref: 'r', data })),
  fc.string({ maxLength: 200 }).map((token) => ({ action: 'auth', ref: 'r', data: { token } })),
);

/** The right fields with any values. */
const misfit = fc.record(
  {
    action: fc.oneof(fc.constantFrom(...actions), fc.jsonValue()),
    ref: fc.oneof(fc.string({ maxLength: 80 }), fc.jsonValue()),
    data: fc.jsonValue({ maxDepth: 4 }),
    orderId: fc.jsonValue(),
    eventId: fc.jsonValue(),
  },
  { requiredKeys: [] },
);

const nasty = ['"', '{', '}', '\\', '\u0000', '\u2028', '\uD800', '𝕏', '1e999', 'null', ',', ':'];

/** A text in which some pieces were cut out, doubled or replaced. */
const mutated = fc
  .tuple(
    message.map((each) => JSON.stringify(each)),
    fc.array(fc.tuple(fc.nat(200), fc.nat(8), fc.constantFrom('cut', 'double', ...nasty)), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([text, edits]) =>
    edits.reduce((mutant, [position, length, edit]) => {
      const at = position % (mutant.length + 1);
      const piece = mutant.slice(at, at + length);
      const instead = { cut: '', double: piece + piece }[edit] ?? edit;
      return mutant.slice(0, at) + instead + mutant.slice(at + length);
    }, text),
  );

const deep = fc
  .tuple(fc.constantFrom('[', '{"a":', '{"action":'), fc.integer({ min: 10, max: 3000 }))
  .map(([opening, depth]) => opening.repeat(depth));

const long = fc
  .integer({ min: 1000, max: 140_000 })
  .map((length) => JSON.stringify({ action: 'ping', data: { x: 'x'.repeat(length) } }));

const text = fc.oneof(
  { weight: 6, arbitrary: mutated },
  { weight: 6, arbitrary: misfit.map((each) => JSON.stringify(each)) },
  { weight: 2, arbitrary: message.map((each) => JSON.stringify(each)) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) },
  { weight: 1, arbitrary: fc.jsonValue().map((each) => JSON.stringify(each)) },
  { weight: 1, arbitrary: deep },
);

const frame: fc.Arbitrary<Frame> = fc.oneof(
  { weight: 60, arbitrary: fc.record({ text, inPieces: fc.boolean() }) },
  // These close the socket, so they are few.
  { weight: 1, arbitrary: fc.record({ text: long, inPieces: fc.constant(false) }) },
  { weight: 1, arbitrary: fc.record({ binary: fc.uint8Array({ maxLength: 100 }) }) },
  { weight: 1, arbitrary: fc.record({ raw: fc.uint8Array({ minLength: 2, maxLength: 60 }) }) },
);

export function fuzzedFrames(count: number, seed: number): readonly Frame[] {
  return fc.sample(frame, { numRuns: count, seed });
}
