/** Heartbeats of all captains, each every five seconds, until it is told to stop: a process of its own, as fleet is one. */
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { redisFrom } from '../../functions/wiring/stores.ts';
import { readEnvironment } from '../../src/contract/functions.ts';
import { openGeoIndex } from '../../src/fleet/presence/index/geo-index.ts';
import { systemClock as clock } from '../../src/platform/clock.ts';
import { beatMs, onTheRoad } from '../geo/on-the-road.ts';
import { quietLogs } from '../quiet-logs.ts';

const Task = z.object({
  kind: z.string(),
  captains: z.array(
    z.object({
      id: z.string(),
      position: z.object({ latitude: z.number(), longitude: z.number() }),
    }),
  ),
});

quietLogs();
const geo = openGeoIndex({ redis: redisFrom(readEnvironment('fleet', process.env)), clock });
const said = { beats: 0, failed: 0 };
const stopping = new AbortController();

process.once('message', (message) => {
  process.once('message', () => stopping.abort());
  void beatOn(Task.parse(message)).then(() => process.send?.(said, () => process.exit()));
});

/** Evenly over the five seconds. Says when everybody has been seen once. */
async function beatOn({ captains, kind }: z.output<typeof Task>): Promise<void> {
  const begun = performance.now();
  const apartMs = beatMs / captains.length;
  const underWay = new Set<Promise<void>>();
  for (let beat = 0; !stopping.signal.aborted; beat += 1) {
    const dueMs = beat * apartMs;
    const earlyMs = begun + dueMs - performance.now();
    // Timers count whole milliseconds: what is due by then is due now.
    if (earlyMs > 1) await pause(earlyMs);
    if (beat === captains.length) {
      await Promise.all(underWay);
      process.send?.('all are seen');
    }
    const number = beat % captains.length;
    const captain = captains[number];
    if (!captain) return;
    const position = onTheRoad(captain.position, number, dueMs);
    const readKinds = () => Promise.resolve([kind]);
    const beating = geo.noteHeartbeat({ id: captain.id, position, readKinds }).then(
      () => void (said.beats += 1),
      () => void (said.failed += 1),
    );
    underWay.add(beating);
    void beating.finally(() => underWay.delete(beating));
  }
  await Promise.all(underWay);
}
