import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { extname, join } from 'node:path';

/** What a file that only one kind of processor can run was built for. */
export type Binary = 'x86-64 ELF' | 'another binary';

const elf = '7f454c46';
/** `e_machine`, at offset 18 of an ELF header, little-endian. */
const machine = { offset: 18, x86_64: 0x3e } as const;
/** Mach-O in its four spellings, a fat Mach-O, and PE. */
const foreign = ['cffaedfe', 'cefaedfe', 'feedfacf', 'feedface', 'cafebabe', '4d5a'];
const libraries = ['.node', '.so', '.dylib', '.dll', '.exe'];

/** By its first bytes, and where those say nothing by its name; undefined for everything portable. */
export function binaryIn(file: string): Binary | undefined {
  const head = Buffer.alloc(20);
  const descriptor = openSync(file, 'r');
  const length = readSync(descriptor, head, 0, head.length, 0);
  closeSync(descriptor);
  const magic = head.toString('hex');
  if (magic.startsWith(elf) && length === head.length) {
    return head.readUInt16LE(machine.offset) === machine.x86_64 ? 'x86-64 ELF' : 'another binary';
  }
  const known = foreign.some((each) => magic.startsWith(each)) || libraries.includes(extname(file));
  return known ? 'another binary' : undefined;
}

export function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name));
}
