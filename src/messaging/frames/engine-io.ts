/** Engine.IO 4 in texts: https://github.com/socketio/engine.io-protocol. Binary packets are not spoken. */
const types = ['open', 'close', 'ping', 'pong', 'message', 'upgrade', 'noop'] as const;

export interface EnginePacket {
  readonly type: (typeof types)[number];
  readonly data: string;
}

/** Nothing, if the text is no packet. */
export function readEnginePacket(text: string): EnginePacket | undefined {
  const [digit] = text;
  const type = digit !== undefined && /\d/.test(digit) ? types[Number(digit)] : undefined;
  return type && { type, data: text.slice(1) };
}

export function writeEnginePacket(type: EnginePacket['type'], data = ''): string {
  return `${types.indexOf(type)}${data}`;
}
