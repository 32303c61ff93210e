declare module '@prisma/client/runtime/query_compiler_small_bg.postgresql.wasm-base64.mjs' {
  /** The query compiler, in base64. */
  export const wasm: string;
}
