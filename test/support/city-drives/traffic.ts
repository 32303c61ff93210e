import { flatMetres, type Road, type Spot } from './road-map.ts';

/** Where and when it is crowded. */
interface Crowd {
  readonly at: Spot;
  readonly radius: number;
  /** The hour of the worst, in India's time, and how many hours around it are bad. */
  readonly hour: number;
  readonly hours: number;
  /** How much longer a road takes at the worst: 1 is twice as long. */
  readonly worst: number;
  /** Whom it slows down. */
  readonly bound: 'in' | 'out' | 'any';
}

const centre = { x: 0, y: 0 };
const crowds: readonly Crowd[] = [
  { at: centre, radius: 9000, hour: 9.5, hours: 1.5, worst: 1.4, bound: 'in' },
  { at: centre, radius: 9000, hour: 18.5, hours: 2, worst: 1.6, bound: 'out' },
  { at: centre, radius: 6000, hour: 13.5, hours: 4, worst: 0.6, bound: 'any' },
  { at: { x: 12_000, y: 9000 }, radius: 5000, hour: 8, hours: 1.2, worst: 1.5, bound: 'any' },
  { at: { x: 12_000, y: 9000 }, radius: 5000, hour: 17, hours: 1.2, worst: 1.5, bound: 'any' },
  { at: { x: -15_000, y: 5000 }, radius: 4500, hour: 6.5, hours: 1.5, worst: 1.8, bound: 'any' },
  { at: { x: -9000, y: -14_000 }, radius: 5000, hour: 20, hours: 2, worst: 1.2, bound: 'any' },
  { at: { x: 17_000, y: -16_000 }, radius: 6000, hour: 12, hours: 2, worst: 0.9, bound: 'any' },
];

/** How many times as long as on an empty road a truck takes here, at this hour (9.5 is half past nine). */
export function slownessOf({ line }: Road, hour: number): number {
  const [from, middle, to] = line;
  if (!from || !middle || !to) return 1;
  return crowds.reduce((slowness, crowd) => {
    const isInbound = flatMetres(to, crowd.at) < flatMetres(from, crowd.at);
    const spared = crowd.bound !== 'any' && isInbound !== (crowd.bound === 'in') ? 0.25 : 1;
    const near = bell(flatMetres(middle, crowd.at) / crowd.radius);
    return slowness + crowd.worst * spared * near * bell((hour - crowd.hour) / crowd.hours);
  }, 1);
}

const bell = (distance: number) => Math.exp(-(distance ** 2) / 2);
