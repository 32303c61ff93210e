import { parentPort } from 'node:worker_threads';
import { liveThrough, type DayToLive } from './days.ts';

/** Lives through the days that it is sent, one after the other. */
parentPort?.on('message', (day: DayToLive) => {
  void liveThrough(day).then((lived) => parentPort?.postMessage(lived, []));
});
