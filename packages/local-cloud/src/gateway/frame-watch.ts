/** A data frame's opcodes; what is above controls the connection, and is short by definition. */
const LAST_DATA_OPCODE = 0x7;

/**
 * Reads the headers of the frames that go by on a socket, since the WebSocket library limits messages,
 * not frames. Its own copy of the bytes is not touched.
 *
 *     byte 0   FIN, three reserved bits, opcode
 *     byte 1   MASK, length up to 125; 126: two more bytes of length; 127: eight more
 *     then     four bytes of key where MASK is set, and the payload
 */
export class FrameWatch {
  readonly #limitBytes: number;
  /** The start of a header that came in pieces. */
  #begun: Buffer = Buffer.alloc(0);
  /** Bytes of payload to go by before the next header. */
  #payloadLeft = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Whether a frame with too long a payload begins in these bytes. */
  isExceededBy(chunk: Buffer): boolean {
    let rest = this.#begun.length > 0 ? Buffer.concat([this.#begun, chunk]) : chunk;
    this.#begun = Buffer.alloc(0);
    while (rest.length > 0) {
      const passing = Math.min(this.#payloadLeft, rest.length);
      this.#payloadLeft -= passing;
      rest = rest.subarray(passing);
      if (rest.length === 0) return false;
      const header = readHeader(rest);
      if (!header) {
        this.#begun = rest;
        return false;
      }
      if (header.isData && header.payloadBytes > this.#limitBytes) return true;
      this.#payloadLeft = header.payloadBytes;
      rest = rest.subarray(header.headerBytes);
    }
    return false;
  }
}

interface FrameHeader {
  readonly isData: boolean;
  readonly headerBytes: number;
  readonly payloadBytes: number;
}

/** Undefined while the header is not there whole. */
function readHeader(bytes: Buffer): FrameHeader | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes.readUInt8(1) & 0x7f;
  const lengthBytes = short === 127 ? 8 : short === 126 ? 2 : 0;
  const keyBytes = (bytes.readUInt8(1) & 0x80) === 0 ? 0 : 4;
  const headerBytes = 2 + lengthBytes + keyBytes;
  if (bytes.length < headerBytes) return undefined;
  const payloadBytes =
    lengthBytes === 8
      ? Number(bytes.readBigUInt64BE(2))
      : lengthBytes === 2
        ? bytes.readUInt16BE(2)
        : short;
  return { isData: (bytes.readUInt8(0) & 0x0f) <= LAST_DATA_OPCODE, headerBytes, payloadBytes };
}
