import { systemClock } from '../../src/platform/clock.ts';
import { captainsOfIndia, randomFrom } from './captains.ts';
import { beatMs, onTheRoad } from './on-the-road.ts';
import { warmFleet, wasRegistered } from './warm-fleet.ts';

const places = 16;
/** Five minutes of each owner's time: for so long its kinds are known, and are read once. */
const beats = 60;
const small = { vehicles: 1, kinds: 1 };
const large = { vehicles: 200, kinds: 30 };

/**
 * Owners of one vehicle and of 200, in pairs that drive side by side, beat in turn. What the function does again after
 * a while (a session, an entry of the index) it does as often as on the road: its clock goes on with their time.
 */
export async function beatHandler(auth: Readonly<Record<string, string>>) {
  let now = Date.now();
  Object.assign(systemClock, { now: () => new Date(now) });
  const fleet = await warmFleet(auth);
  const drive = async (turns: number) => {
    const pairs = [];
    for (const { position } of await captainsOfIndia(places, randomFrom(5))) {
      const owners = { small: await fleet.ownerOf(small), large: await fleet.ownerOf(large) };
      pairs.push({ position, ...owners });
    }
    const times = { small: new Array<number>(), large: new Array<number>() };
    for (let turn = 0; turn < turns; turn += 1) {
      now += beatMs;
      for (const [number, pair] of pairs.entries()) {
        const position = onTheRoad(pair.position, number, turn * beatMs);
        const sizes = ['small', 'large'] as const;
        for (const size of turn % 2 === 0 ? sizes : sizes.toReversed()) {
          const event = fleet.eventOf(pair[size], position);
          const start = performance.now();
          const answer = await fleet.beat(event);
          times[size].push(performance.now() - start);
          if (!wasRegistered(answer)) throw new Error(`Not found by searches: ${answer}`);
        }
      }
    }
    return times;
  };
  try {
    await drive(12);
    return await drive(beats);
  } finally {
    await fleet.close();
  }
}
