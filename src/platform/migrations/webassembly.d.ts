/** The part of WebAssembly that we use. TypeScript declares it only in its DOM library, which does not fit Lambda. */
declare namespace WebAssembly {
  function instantiate(
    bytes: Uint8Array,
    imports: Readonly<Record<string, object>>,
  ): Promise<{ readonly instance: { readonly exports: Readonly<Record<string, () => void>> } }>;
}
