/** A transporter who sent no heartbeat for this long is offline, and gets no offers. */
export const unseenAfterMs = 90_000;

/** An entry that did not change is written again after this time. So it may be this much older than the heartbeat. */
export const rewrittenAfterMs = 30_000;

/**
 * The least time between two changes of cell that are written to the index. A truck takes longer to cross a cell. Where
 * three cells meet it may be faster: then its second change waits for a heartbeat or two, and for up to ten seconds
 * searches find the truck where it was.
 */
export const movesAfterMs = 10_000;

/**
 * An area is all cells with the same first three characters: 156 by 156 km at the equator, 125 km wide in the north.
 */
export const areaOf = (cell: string) => cell.slice(0, 3);

/** The cells of an area lie in one hash slot, so one script can read them together. */
export const cellKey = (cell: string) => `geo:{${areaOf(cell)}}:${cell.slice(3)}`;
/** In the area's slot: the captains who went offline there, each with the time of its last heartbeat. */
export const goneKey = (area: string) => `geo:gone:{${area}}`;

export const captainKey = (id: string) => `geo:captain:{${id}}`;
/** This and the other two keys of a captain lie in one hash slot, so one script can read all three. */
export const presenceKey = (id: string) => `transporter:presence:{${id}}`;
export const kindsKey = (id: string) => `geo:kinds:{${id}}`;
