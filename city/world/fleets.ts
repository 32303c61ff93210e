import type { Position } from '../../src/places/position.ts';
import type { Draws } from './draws.ts';
import { parameters } from './parameters.ts';
import { somewhere, type Locality } from './peopled-places.ts';

/** From when until when, in seconds of the day. */
interface Span {
  readonly from: number;
  readonly until: number;
}

/** A transporter at the Captain app: an owner who drives, or one with a fleet. */
export interface Captain {
  readonly index: number;
  readonly id: string;
  readonly home: Position;
  readonly online: Span;
  /** When its phone has no network. */
  readonly outages: readonly Span[];
  /** What is added to the probability of each of its acceptances. */
  readonly character: number;
  /** A factor: the greater, the more offers it overlooks, and the more holds it forgets. */
  readonly carelessness: number;
  /** Indices of its vehicles. */
  readonly vehicles: readonly number[];
}

/** A vehicle and its driver. */
export interface Vehicle {
  readonly index: number;
  readonly captain: number;
  readonly kind: string;
  /** Where it stands in the morning. */
  readonly startsAt: Position;
}

const hour = 3600;

export function planFleets(
  supply: number,
  localities: readonly Locality[],
  draws: Draws,
): { readonly captains: readonly Captain[]; readonly vehicles: readonly Vehicle[] } {
  const count = Math.round(parameters.fleets.transporters * supply);
  const vehicles: Vehicle[] = [];
  const captains = Array.from({ length: count }, (_, index) => {
    const home = somewhere(localities, 'home', draws, index, 1);
    const kinds = kindsOf(index, draws);
    const theirs = kinds.map((kind, each) => ({
      index: vehicles.length + each,
      captain: index,
      kind,
      startsAt: home,
    }));
    vehicles.push(...theirs);
    const online = onlineOf(index, draws);
    return {
      index,
      id: `transporter-${String(index).padStart(4, '0')}`,
      home,
      online,
      outages: outagesIn(online, index, draws),
      character: draws.normal(parameters.captains.wants.spread, index, 2),
      carelessness: draws.around(parameters.captains.carelessness, index, 11),
      vehicles: theirs.map((vehicle) => vehicle.index),
    };
  });
  return { captains, vehicles };
}

function kindsOf(index: number, draws: Draws): readonly string[] {
  const { sizes, kinds, sameKind } = parameters.fleets;
  const { trucks } = draws.pickWeighted(sizes, index, 3);
  const first = draws.pickWeighted(kinds, index, 4).key;
  return Array.from({ length: trucks }, (_, each) =>
    each === 0 || draws.share(index, 5, each) < sameKind
      ? first
      : draws.pickWeighted(kinds, index, 6, each).key,
  );
}

function onlineOf(index: number, draws: Draws): Span {
  const { startsAtHour, hoursOnline } = parameters.fleets;
  const from = (startsAtHour.mean + draws.normal(startsAtHour.spread, index, 7)) * hour;
  return {
    from,
    until: from + draws.between(hoursOnline.least, hoursOnline.most, index, 8) * hour,
  };
}

function outagesIn({ from, until }: Span, index: number, draws: Draws): readonly Span[] {
  const { outagesPerHour, outage } = parameters.captains;
  const outages: Span[] = [];
  let at = from;
  for (let each = 0; ; each += 1) {
    at += (-Math.log(1 - draws.share(index, 9, each)) / outagesPerHour) * hour;
    if (at >= until) return outages;
    const ends = at + draws.around(outage, index, 10, each);
    outages.push({ from: at, until: ends });
    at = ends;
  }
}

/** When a captain's phone has the network again: now, if it has it. */
export function backOnlineAt({ outages }: Captain, atSeconds: number): number {
  const without = outages.find(({ from, until }) => from <= atSeconds && atSeconds < until);
  return without?.until ?? atSeconds;
}

/** Whether the search over captains finds one: for a while it also finds who has lost the network. */
export function isFound({ online, outages }: Captain, atSeconds: number): boolean {
  if (atSeconds < online.from || atSeconds >= online.until) return false;
  const { foundWhenSilent } = parameters.captains;
  return !outages.some(
    ({ from, until }) => from + foundWhenSilent <= atSeconds && atSeconds < until,
  );
}
