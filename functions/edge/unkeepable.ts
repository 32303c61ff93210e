import type { ErrorDetail } from '../../src/contract/errors.ts';

/** Names of fields are the sender's, and may be as long as the body. */
const longestPath = 200;

/**
 * The paths of fields whose values we could not store. PostgreSQL's text has no NUL, its JSON no half of
 * a character, and a queue may refuse a message with a noncharacter in it.
 */
export function unkeepableIn(sent: unknown, path: readonly string[] = []): readonly ErrorDetail[] {
  if (typeof sent === 'string') {
    const message = whatCannotBeKept(sent);
    return message ? [{ path: path.join('.').slice(0, longestPath), message }] : [];
  }
  if (typeof sent !== 'object' || sent === null) return [];
  return Object.entries(sent).flatMap(([name, value]) => unkeepableIn(value, [...path, name]));
}

function whatCannotBeKept(text: string): string | undefined {
  if (text.includes('\0')) return 'Send no NUL characters.';
  if (!text.isWellFormed()) return 'Send whole characters: one surrogate alone is none.';
  if (/\p{Noncharacter_Code_Point}/u.test(text)) {
    return 'Send characters: Unicode has set U+FDD0 to U+FDEF and the last two of each plane aside.';
  }
  return undefined;
}
