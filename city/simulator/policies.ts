import {
  chooseTransporters,
  isFull,
  lookedAtOnce,
  mostLooks,
  usualRules,
  type Candidate,
  type Choice,
  type ChoosingRules,
} from '../../src/dispatch/choose-transporters.ts';
import { searchSeconds, waves } from '../../src/orders/placing/search-waves.ts';
import type { Asking, Near, Policy } from './policy.ts';

/** On production's timeline. */
const onWaves = { searchSeconds, rounds: waves } as const;
/** As far as production's last wave looks. */
const radiusKm = 100;

/** Goes outwards as production does, until the wave is full. */
function lookOutwards(
  { near, needs }: Asking,
  rules: ChoosingRules,
  candidateOf: (near: Near) => Candidate,
): readonly Choice[] {
  const candidates: Candidate[] = [];
  let choices: readonly Choice[] = [];
  for (let looks = 0; looks < mostLooks; looks += 1) {
    const next = near.slice(looks * lookedAtOnce, (looks + 1) * lookedAtOnce);
    candidates.push(...next.map(candidateOf));
    choices = chooseTransporters(candidates, needs, rules);
    if (isFull(choices) || next.length < lookedAtOnce) break;
  }
  return choices;
}

export const oursWith = (
  name: string,
  title: string,
  rules: ChoosingRules,
  candidateOf: (near: Near, asking: Asking) => Candidate = ({ candidate }) => candidate(),
): Policy => ({
  name,
  title,
  ...onWaves,
  choose: (asking) => lookOutwards(asking, rules, (near) => candidateOf(near, asking)),
});

export const ours = oursWith('ours', 'Weelo', usualRules);

/** Asks everybody who is left: it counts only whether somebody can serve. */
const withoutLimit: ChoosingRules = {
  ...usualRules,
  offersPerTruck: Number.MAX_SAFE_INTEGER,
  least: Number.MAX_SAFE_INTEGER,
  most: Number.MAX_SAFE_INTEGER,
  hopedPerOpenTruck: 0,
};

const nearest = (count: (asking: Asking) => number): Policy['choose'] =>
  function nearestFirst(asking) {
    const most = count(asking);
    const rules = { ...withoutLimit, least: most, perOpenTruck: 0, most };
    return most === 0 ? [] : lookOutwards(asking, rules, ({ candidate }) => candidate());
  };

/** As many as trucks are open and nobody is being asked for. */
const oneForEachTruck = ({ order, needs }: Asking) => {
  const open = Object.values(needs.searching).reduce((sum, trucks) => sum + trucks, 0);
  const asked = [...order.asked.values()].filter(({ isOpen, answer }) => isOpen && !answer);
  return Math.max(0, open - asked.length);
};

const oneByOne = (name: string, title: string, offerSeconds: number, seconds: number): Policy => ({
  name,
  title,
  searchSeconds: seconds,
  rounds: [{ atSeconds: 0, radiusKm }],
  offerSeconds,
  asksOneByOne: true,
  choose: nearest(oneForEachTruck),
});

/**
 * The nearest one exclusively, as ride hailing asks; it is given five minutes, for within one it asks hardly anybody.
 */
export const exclusive = oneByOne('exclusive', 'nearest one alone, 30 s, for 5 min', 30, 300);
const exclusiveShort = oneByOne(
  'exclusive-short',
  'nearest one alone, 15 s, for 60 s',
  15,
  searchSeconds,
);

const batches: Policy = {
  name: 'batches',
  title: 'ten nearest, three times 30 s',
  searchSeconds: 90,
  rounds: [0, 30, 60].map((atSeconds) => ({ atSeconds, radiusKm })),
  offerSeconds: 30,
  choose: nearest(() => 10),
};

export const everybody: Policy = {
  name: 'everybody',
  title: 'everybody at once',
  searchSeconds,
  rounds: [{ atSeconds: 0, radiusKm }],
  choose: ({ near, needs }) =>
    chooseTransporters(
      near.map(({ candidate }) => candidate()),
      needs,
      withoutLimit,
    ),
};

/** On our timeline, with our limits, but whoever draws the lot comes first. */
const lottery: Policy = {
  name: 'lottery',
  title: 'a lottery',
  ...onWaves,
  choose: ({ near, needs, lot }) =>
    chooseTransporters(
      near.map((each) => ({ ...each.candidate(), distanceKm: lot(each) * needs.radiusKm })),
      needs,
      usualRules,
    ),
};

export const policies = [ours, exclusive, exclusiveShort, batches, everybody, lottery] as const;
