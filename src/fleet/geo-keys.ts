/** A transporter unseen for so long is offline, and not offered to. */
export const unseenAfterMs = 90_000;

/** An entry is written once more after so long. */
export const rewrittenAfterMs = 30_000;

/** So an entry may be that much older than the last heartbeat of whom it stands for. */
export const entryLifeMs = unseenAfterMs + rewrittenAfterMs;

/** Cells that are neighbours lie in one slot as long as they share four characters, 39 by 20 km. */
export const cellKey = (cell: string) => `geo:{${cell.slice(0, 4)}}:${cell.slice(4)}`;

export const captainKey = (id: string) => `geo:captain:{${id}}`;
/** In the captain's slot: a heartbeat looks at all three at once. */
export const presenceKey = (id: string) => `transporter:presence:{${id}}`;
export const kindsKey = (id: string) => `geo:kinds:{${id}}`;
