/** A transporter unseen for so long is offline, and not offered to. */
export const unseenAfterMs = 90_000;

/** An entry is written once more after so long: it may be that much older than the last heartbeat. */
export const rewrittenAfterMs = 30_000;

/**
 * Between two changes of cell that the index is told of. A truck takes longer to cross one; at a corner, where three
 * meet, its second change waits for a heartbeat or two, and it is found where it was ten seconds ago.
 */
export const movesAfterMs = 10_000;

/** An area is what shares three characters: 156 by 156 km at the equator, 125 km wide in the north. */
export const areaOf = (cell: string) => cell.slice(0, 3);

/** The cells of an area lie in one slot, and are asked for in one question. */
export const cellKey = (cell: string) => `geo:{${areaOf(cell)}}:${cell.slice(3)}`;
/** In the area's slot: who has gone offline there, by when it was seen last. */
export const goneKey = (area: string) => `geo:gone:{${area}}`;

export const captainKey = (id: string) => `geo:captain:{${id}}`;
/** In the captain's slot: a heartbeat looks at all three at once. */
export const presenceKey = (id: string) => `transporter:presence:{${id}}`;
export const kindsKey = (id: string) => `geo:kinds:{${id}}`;
