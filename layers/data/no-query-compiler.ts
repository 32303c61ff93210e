/**
 * Stands in the layer for the two modules of Prisma's query compiler. Prisma loads them before its first statement, but
 * uses them only for queries of models, and this client has no models.
 */
const start = '__wbindgen_start';

/** The smallest WebAssembly module that has the function which Prisma calls. The function does nothing. */
export const wasm = Uint8Array.from(
  [
    [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // a module of version 1
    [0x01, 0x04, 0x01, 0x60, 0x00, 0x00], // one type: takes nothing, returns nothing
    [0x03, 0x02, 0x01, 0x00], // one function, of this type
    [0x07, start.length + 4, 0x01, start.length, ...Buffer.from(start), 0x00, 0x00], // its name
    [0x0a, 0x04, 0x01, 0x02, 0x00, 0x0b], // its body: it ends
  ].flat(),
);

function setWasm(): void {}

export { setWasm as __wbg_set_wasm };

export class QueryCompiler {
  free(): void {}
}
