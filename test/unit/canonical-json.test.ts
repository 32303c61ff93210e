import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { NewOrder } from '../../src/contract/http/orders/views.ts';
import { canonicalJson } from '../../src/platform/once/canonical-json.ts';
import { documentedOrder } from '../support/worlds/order-world.ts';

test('the same data in any order gives the same text', () => {
  const one = canonicalJson({ b: [{ d: 1, c: undefined }], a: null });
  expect(one).toBe('{"a":null,"b":[{"d":1}]}');
  expect(canonicalJson({ a: null, b: [{ d: 1 }] })).toBe(one);
});

test('the hash of an intent never changes, because it is stored with orders', () => {
  const text = canonicalJson(NewOrder.parse(documentedOrder));
  const hash = createHash('sha256').update(text).digest('base64url');
  expect(hash).toBe('sA1cnTDF4267DyS3TlOxEN0AbRR57lgECrcmaoNlJ7I');
});
