/** What most routes answer. */
export const ok = <B>(body: B) => ({ status: 200, body }) as const;
