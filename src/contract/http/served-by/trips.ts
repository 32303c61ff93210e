import type { Route } from '../route.ts';

/** The routes of the function `trips`: none yet. */
export const servedByTrips = [] as const satisfies readonly Route[];
