import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { binaryIn } from '../../tools/assets/binaries.ts';

const folder = mkdtempSync(join(tmpdir(), 'weelo-binaries-'));
afterAll(() => rmSync(folder, { recursive: true }));

const elfFor = (machine: number) => {
  const header = Buffer.alloc(64);
  header.write('7f454c46020101', 'hex');
  header.writeUInt16LE(machine, 18);
  return header;
};

test.each([
  ['x86-64 ELF', elfFor(0x3e), 'engine'],
  ['another binary', elfFor(0xb7), 'engine-for-arm'],
  ['another binary', Buffer.from('cffaedfe0c000001', 'hex'), 'engine-for-a-mac'],
  ['another binary', Buffer.from('4d5a90000300', 'hex'), 'engine.exe'],
  ['another binary', Buffer.from('anything'), 'binding.node'],
  [undefined, Buffer.from('export const one = 1;'), 'index.js'],
  [undefined, Buffer.alloc(0), 'empty'],
])('%s', (kind, bytes, name) => {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  expect(binaryIn(file)).toBe(kind);
});
