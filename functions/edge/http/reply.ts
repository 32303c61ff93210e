/** What most routes answer. */
export const ok = <B>(body: B) => ({ status: 200, body }) as const;

export const created = <B>(body: B) => ({ status: 201, body }) as const;
