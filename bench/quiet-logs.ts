/**
 * Handlers log in a benchmark as they do in production: it is part of what a call takes. Only that nobody wants
 * to read it: what is a line of JSON is made, and not printed.
 */
export function quietLogs(): void {
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream);
    stream.write = (text: string | Uint8Array) =>
      (typeof text === 'string' && text.startsWith('{')) || write(text);
  }
}
