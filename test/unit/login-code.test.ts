import { expect, test } from 'vitest';
import { digestOf, driverSubject, loginSubject } from '../../src/identity/codes/login-code.ts';

const [ours, theirs] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
const subject = loginSubject('9876543210', 'customer');

test('P13: without the key, the stored form of a code does not reveal the code', () => {
  const kept = digestOf(ours, subject, '123456');
  expect(kept).not.toContain('123456');
  expect(kept).not.toBe(digestOf(theirs, subject, '123456'));
  expect(kept).toBe(digestOf(ours, subject, '123456'));
});

test('P13, P15: the stored form of a code matches only its code, number, role, driver and fleet', () => {
  const driver = { id: 'd1', transporterId: 't1' };
  const digests = [
    digestOf(ours, subject, '123456'),
    digestOf(ours, subject, '123457'),
    digestOf(ours, loginSubject('9876543211', 'customer'), '123456'),
    digestOf(ours, loginSubject('9876543210', 'transporter'), '123456'),
    digestOf(ours, driverSubject('9876543210', driver), '123456'),
    digestOf(ours, driverSubject('9876543210', { ...driver, id: 'd2' }), '123456'),
    digestOf(ours, driverSubject('9876543210', { ...driver, transporterId: 't2' }), '123456'),
  ];
  expect(new Set(digests).size).toBe(digests.length);
});
