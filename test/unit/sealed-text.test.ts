import * as fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { open, seal } from '../../src/platform/sealed-text.ts';

const key = randomBytes(32);
const anyText = fc.string({ unit: 'binary' });

test('a sealed text opens with its key and its context', () => {
  fc.assert(
    fc.property(anyText, anyText, (text, context) => {
      expect(open(key, seal(key, text, context), context)).toBe(text);
    }),
  );
});

test('it opens with no other key, and for no other context', () => {
  const sealed = seal(key, 'the code is 123456', 'message 1');
  expect(() => open(randomBytes(32), sealed, 'message 1')).toThrow('cannot be opened');
  expect(() => open(key, sealed, 'message 2')).toThrow('cannot be opened');
  expect(() => open(key, sealed, '')).toThrow('cannot be opened');
});

test('it does not open when anything about it was changed', () => {
  const sealed = seal(key, 'the code is 123456', 'message 1');
  const place = fc.nat({ max: sealed.length - 1 });
  const another = fc.constantFrom(...'AZaz09-_.=+ /'.split(''));
  fc.assert(
    fc.property(place, another, (index, character) => {
      fc.pre(sealed[index] !== character);
      const changed = sealed.slice(0, index) + character + sealed.slice(index + 1);
      expect(() => open(key, changed, 'message 1')).toThrow('cannot be opened');
    }),
    { numRuns: 500 },
  );
  for (let length = 0; length < sealed.length; length++) {
    expect(() => open(key, sealed.slice(0, length), 'message 1')).toThrow('cannot be opened');
  }
  // Node reads past what is no base64: these all say the same bytes.
  for (const more of ['A', '=', '==', ' ', '\n', '.']) {
    expect(() => open(key, sealed + more, 'message 1')).toThrow('cannot be opened');
  }
});

test('a sealed text shows nothing of the text, and sealing it again gives another result', () => {
  const text = 'the code is 123456';
  const made = Array.from({ length: 200 }, () => seal(key, text, 'message 1'));
  expect(new Set(made).size).toBe(made.length);
  const nonces = made.map((sealed) => sealed.slice(0, 'v1.'.length + 16));
  expect(new Set(nonces).size).toBe(made.length);
  for (const sealed of made) {
    expect(sealed).toMatch(/^v1\.[\w-]+$/);
    expect(Buffer.from(sealed.slice(3), 'base64url').toString('latin1')).not.toContain('123456');
  }
});

test('an error contains neither the text nor the key', () => {
  const sealed = seal(key, '123456', 'message 1');
  const thrown = (() => {
    try {
      return open(key, sealed, 'message 2');
    } catch (error) {
      return error;
    }
  })();
  expect(thrown).toBeInstanceOf(Error);
  expect(String(thrown)).not.toContain(sealed.slice(3, 12));
  expect(thrown).not.toHaveProperty('cause');
});
