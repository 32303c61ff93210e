import type { Road, RoadMap } from './road-map.ts';

/** The quickest way by the driver's experience (Dijkstra), or an empty list if there is none. */
export function wayThrough(
  { junctions, roadsFrom }: RoadMap,
  from: number,
  to: number,
  secondsOn: (road: Road) => number,
): readonly Road[] {
  const reached = junctions.map(() => Infinity);
  const cameBy: (Road | undefined)[] = junctions.map(() => undefined);
  const done = new Set<number>();
  const waiting: { at: number; seconds: number }[] = [{ at: from, seconds: 0 }];
  reached[from] = 0;
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (!next || next.at === to) break;
    if (done.has(next.at)) continue;
    done.add(next.at);
    for (const road of roadsFrom[next.at] ?? []) {
      const seconds = next.seconds + secondsOn(road);
      if (seconds >= (reached[road.to] ?? 0)) continue;
      reached[road.to] = seconds;
      cameBy[road.to] = road;
      insert(waiting, { at: road.to, seconds });
    }
  }
  const way: Road[] = [];
  for (let road = cameBy[to]; road; road = cameBy[road.from]) way.unshift(road);
  return way;
}

/** Keeps the list sorted, the nearest last. */
function insert(
  waiting: { at: number; seconds: number }[],
  entry: { at: number; seconds: number },
) {
  let [low, high] = [0, waiting.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((waiting[middle]?.seconds ?? 0) > entry.seconds) low = middle + 1;
    else high = middle;
  }
  waiting.splice(low, 0, entry);
}
