import { readEnginePacket } from './engine-io.ts';

/** Between the packets of a payload. A JSON text writes this character as `\u001e`, so no packet contains it. */
const separator = '\u001e';

/** Several packets in one body of HTTP. */
export function writePayload(packets: readonly string[]): string {
  return packets.join(separator);
}

/** Nothing, if one of them is no packet, or is binary. */
export function readPayload(text: string): readonly string[] | undefined {
  const packets = text.split(separator);
  return packets.every((each) => readEnginePacket(each)) ? packets : undefined;
}
