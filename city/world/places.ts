import { openGazetteer } from '../../src/places/gazetteer/gazetteer.ts';
import { greatCircleKm, type Position } from '../../src/places/position.ts';
import { cities, parameters, type CityName } from './parameters.ts';

/** The localities of a city, as the gazetteer has them. */
export async function placesOf(city: CityName): Promise<readonly Position[]> {
  const { name } = cities[city];
  const gazetteer = await openGazetteer();
  const [middle] = gazetteer
    .filter((place) => place.name === name && place.postalCode === undefined)
    .toSorted((one, other) => other.population - one.population);
  if (!middle) throw new Error(`The gazetteer does not know ${name}`);
  return gazetteer
    .filter((place) => place.postalCode !== undefined)
    .filter((place) => greatCircleKm(middle, place) <= parameters.places.withinKm)
    .map(({ latitude, longitude }) => ({ latitude, longitude }));
}
