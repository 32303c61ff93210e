import { usualRules } from '../../src/dispatch/choose-transporters.ts';
import { kmHomeward } from '../world/captain.ts';
import { placeOf } from './live.ts';
import { oursWith } from './policies.ts';
import type { Asking, Near, Policy } from './policy.ts';

/** What might make dispatch better, on the contract's timeline. The ADR says what came of it. */

const limit = (offersPerTruck: number): Policy =>
  oursWith(`limit-${offersPerTruck}`, `at most ${offersPerTruck} offers per free truck`, {
    ...usualRules,
    offersPerTruck,
  });

const silence = (perSilence: number): Policy =>
  oursWith(`silence-${perSilence}`, `silence counts as up to ${perSilence} km`, {
    ...usualRules,
    addedKm: { ...usualRules.addedKm, perSilence },
  });

const win = (perWin: number): Policy =>
  oursWith(`win-${perWin}`, `a truck won just now counts as ${perWin} km`, {
    ...usualRules,
    addedKm: { ...usualRules.addedKm, perWin },
  });

const sized = (least: number, perOpenTruck: number): Policy =>
  oursWith(`size-${least}`, `waves of ${least}, or ${perOpenTruck} for each open truck`, {
    ...usualRules,
    least,
    perOpenTruck,
  });

/** A wave asks more than usual until so many acceptances for each open truck are likely. */
const hoped = (hopedPerOpenTruck: number): Policy =>
  oursWith(
    `hoped-${hopedPerOpenTruck}`,
    `asks on until ${hopedPerOpenTruck} × the open trucks may be hoped for`,
    {
      ...usualRules,
      hopedPerOpenTruck,
    },
  );

/** Each kilometre by which the drop is nearer to a captain's home than it is now counts as less distance. */
const homeward = (perKm: number): Policy =>
  oursWith(
    `homeward-${perKm}`,
    `each km homeward, of ten, counts as ${perKm} km less`,
    usualRules,
    ({ captain, candidate }: Near, { order }: Asking) => {
      const gain = kmHomeward(captain.plan, placeOf(captain), order.plan.drop);
      const known = candidate();
      const less = perKm * Math.min(10, Math.max(0, gain));
      return { ...known, distanceKm: Math.max(0, known.distanceKm - less) };
    },
  );

export const tries: readonly Policy[] = [
  hoped(0.5),
  hoped(0.7),
  hoped(1),
  limit(1),
  silence(5),
  win(2),
  sized(6, 2),
  sized(15, 3),
  homeward(0.3),
];
