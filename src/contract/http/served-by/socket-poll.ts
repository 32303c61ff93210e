import { pollPackets, sendPackets } from '../polling/routes.ts';

/** The routes of the function `socket-poll`. */
export const servedBySocketPoll = [pollPackets, sendPackets] as const;
