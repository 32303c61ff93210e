import type { KeepTrack } from '../../contract/queues.ts';

/** For dispatch: a trip is over, and the end of its track is to be kept. */
export function keepTrack(tripId: string): KeepTrack {
  return { kind: 'keep-track', tripId };
}
