import { vehicleKinds } from '../../src/catalogue/vehicle-kind.ts';
import type { Position } from '../../src/places/position.ts';
import type { Measured } from '../benchmark.ts';
import { measureAt } from './at-places.ts';
import { searchSides } from './search-sides.ts';

const searches = 300;
const everyKind = vehicleKinds.map(({ key }) => key);

interface Where {
  readonly cities: readonly Position[];
  readonly country: readonly Position[];
}

/** What a customer's search asks: the statement about free vehicles is in both sides. */
export async function freeTrucks(
  stores: Parameters<typeof searchSides>[0],
  { cities, country }: Where,
  say: (progress: string) => void,
): Promise<readonly Measured[]> {
  const open = vehicleKinds.filter(({ type }) => type.id === 'open').map(({ key }) => key);
  const sides = searchSides(stores);
  const rows: Measured[] = [];
  for (const { kinds, ...places } of [
    { what: 'free trucks in a city', places: cities, kinds: everyKind, atMost: 2 },
    { what: 'free trucks in a city, of a type', places: cities, kinds: open, atMost: 2 },
    { what: 'free trucks in the country', places: country, kinds: everyKind, atMost: 2 },
  ]) {
    const measured = await measureAt(
      {
        ...places,
        calls: searches,
        ours: (from) => sides.ours(from, kinds),
        theirs: (from) => sides.theirs(from, kinds),
        tell: (free) => ({
          found: free.size,
          facts: kinds.map((kind) => free.get(kind)?.vehicles ?? 0).join(),
        }),
      },
      say,
    );
    rows.push(...measured);
  }
  return rows;
}
