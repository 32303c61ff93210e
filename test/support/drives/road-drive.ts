import type { Fix } from '../../../src/fleet/last-positions/fix.ts';
import type { Random } from '../city-drives/random.ts';

/** What a truck drove, and what its phone measured of it, in the order of time. */
export interface RoadDrive {
  readonly fixes: readonly Fix[];
  /** The length of the road that was driven, in metres. */
  readonly metres: number;
}

export interface DriveOptions {
  /** A city has corners, red lights and a crawl now and then; a highway winds. */
  readonly through: 'city' | 'highway';
  readonly km: number;
  readonly startsAtMs: number;
  /** Default: somewhere in the north of India. */
  readonly from?: { readonly latitude: number; readonly longitude: number };
  /** How often the phone measures. Default: as the Captain app, 10 s on the move and 30 s at rest. */
  readonly seconds?: { readonly moving: number; readonly resting: number };
  /** The share of the fixes that are less accurate than 50 m. Default: 2 %. */
  readonly inaccurate?: number;
}

/** A piece of the road: how long, how much it turns for each metre, and how fast one drives on it. */
interface Stretch {
  readonly metres: number;
  readonly degreesPerMetre: number;
  readonly speed: number;
  /** How long the truck stands at its end. */
  readonly waitSeconds: number;
}

/** Drives second by second, with the brakes and the engine of a truck. */
export function roadDrive(random: Random, options: DriveOptions): RoadDrive {
  const { startsAtMs, seconds = { moving: 10, resting: 30 } } = options;
  let place = options.from ?? {
    latitude: random.between(20, 29),
    longitude: random.between(74, 80),
  };
  let [heading, speed, metres, second] = [random.between(0, 360), 0, 0, 0];
  const phone = phoneOf(random, options.inaccurate ?? 0.02);
  const fixes: Fix[] = [];
  let nextFixAt = 0;
  const tick = () => {
    const measured = phone(place, speed, heading, startsAtMs + second * 1000);
    if (second >= nextFixAt) {
      fixes.push(measured);
      nextFixAt = second + (speed > 0.5 ? seconds.moving : seconds.resting);
    }
    second += 1;
  };
  const road = roadOf(random, options);
  for (const [i, stretch] of road.entries()) {
    const next = road[i + 1];
    const endSpeed = stretch.waitSeconds > 0 ? 0.5 : Math.min(stretch.speed, next?.speed ?? 0.5);
    for (let left = stretch.metres; left > 0;) {
      const brakingMetres = Math.max(0, (speed ** 2 - endSpeed ** 2) / 3);
      const wanted = left <= brakingMetres + speed ? endSpeed : stretch.speed;
      speed = Math.max(1, speed + Math.max(-1.5, Math.min(0.8, wanted - speed)));
      const step = Math.min(left, speed);
      heading += stretch.degreesPerMetre * step;
      place = ahead(place, heading, step);
      left -= step;
      metres += step;
      tick();
    }
    if (stretch.waitSeconds > 0) speed = 0;
    for (let waited = 0; waited < stretch.waitSeconds; waited += 1) tick();
  }
  return { fixes, metres };
}

function roadOf(random: Random, { through, km }: DriveOptions): readonly Stretch[] {
  const road: Stretch[] = [];
  let left = km * 1000;
  while (left > 0) {
    const some = through === 'city' ? cityBlock(random) : highwayBend(random);
    road.push(...some);
    left -= some.reduce((sum, each) => sum + each.metres, 0);
  }
  return road;
}

function cityBlock(random: Random): readonly Stretch[] {
  const metres = random.between(200, 1200);
  // A street winds a little; a jam is a crawl.
  const winding = random.normal(12) / metres;
  const speed = random.chance(0.12) ? random.between(1.5, 3) : random.between(6, 13);
  const waitSeconds = random.chance(0.4) ? random.between(10, 90) : 0;
  const street = { metres, degreesPerMetre: winding, speed, waitSeconds };
  if (random.chance(0.5)) return [street];
  const radius = random.between(12, 25);
  const corner = random.between(60, 110) * random.pick([-1, 1]);
  const arc = (Math.abs(corner) / 360) * 2 * Math.PI * radius;
  return [street, { metres: arc, degreesPerMetre: corner / arc, speed: 4, waitSeconds: 0 }];
}

function highwayBend(random: Random): readonly Stretch[] {
  const metres = random.between(400, 3000);
  const turn = random.chance(0.6) ? random.normal(35) : 0;
  const rest = random.chance(0.02) ? random.between(300, 1500) : 0;
  const speed = random.between(12, 22);
  return [{ metres, degreesPerMetre: turn / metres, speed, waitSeconds: rest }];
}

const degreeMetres = 111_195;
const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** So many metres on, in a direction. */
export function ahead(
  from: { latitude: number; longitude: number },
  heading: number,
  metres: number,
) {
  const north = Math.cos(radians(heading)) * metres;
  const east = Math.sin(radians(heading)) * metres;
  return {
    latitude: from.latitude + north / degreeMetres,
    longitude: from.longitude + east / (degreeMetres * Math.cos(radians(from.latitude))),
  };
}

/** A phone, whose error wanders: it is about the same as ten seconds ago. It is asked once a second. */
function phoneOf(random: Random, inaccurate: number) {
  const spread = random.between(2.5, 6);
  const stays = Math.exp(-1 / random.between(15, 60));
  const wander = () => spread * Math.sqrt(1 - stays ** 2);
  let [north, east] = [random.normal(spread), random.normal(spread)];
  return (
    place: { latitude: number; longitude: number },
    speed: number,
    heading: number,
    atMs: number,
  ): Fix => {
    north = stays * north + random.normal(wander());
    east = stays * east + random.normal(wander());
    const isBad = random.chance(inaccurate);
    const accuracy = isBad ? random.between(55, 250) : spread * random.between(1.2, 2.2);
    const jitter = isBad ? accuracy / 2 : 1;
    const there = ahead(place, 0, north + random.normal(jitter));
    const { latitude, longitude } = ahead(there, 90, east + random.normal(jitter));
    const bearing = ((heading % 360) + 360) % 360;
    return { atMs, latitude, longitude, speed: Math.max(0, speed), bearing, accuracy };
  };
}
