import * as z from 'zod';
import { type Operation, type PlayedService, Refusal, awsService } from 'local-cloud';
import { findByPosition, findByText, type Area, type Found } from './find-places.ts';
import { addressLabel, gazetteer, type Place } from './gazetteer.ts';
import { invalidForLocation, LocationPosition, pricing, providerOf } from './location.ts';

const QueryText = z.string().min(1).max(200);
const MaxResults = z.int().min(1).max(100).default(20);

const Filter = z.object({
  BoundingBox: z.tuple([z.number(), z.number(), z.number(), z.number()]).optional(),
  Circle: z.object({ Center: LocationPosition, Radius: z.int().min(1).max(21_000_000) }).optional(),
  IncludeCountries: z
    .array(z.string().regex(/^[A-Za-z]{2,3}$/))
    .min(1)
    .max(100)
    .optional(),
});

const where = { BiasPosition: LocationPosition.optional(), Filter: Filter.optional() };

/** A search by name must say where, in exactly one of three ways. */
const sayingWhere = ({ BiasPosition, Filter: filter }: Where) =>
  [BiasPosition, filter?.BoundingBox, filter?.Circle].filter(Boolean).length === 1;
const oneOfThree = {
  error:
    'Exactly one of the following fields must be set: BiasPosition, Filter.BoundingBox, Filter.Circle',
};
type Where = z.output<z.ZodObject<typeof where>>;

const SearchText = z.object({ QueryText, MaxResults, ...where }).refine(sayingWhere, oneOfThree);
const Suggest = z
  .object({ QueryText, MaxResults, ...where, AdditionalFeatures: z.array(z.string()).default([]) })
  .refine(sayingWhere, oneOfThree);
const Geocode = z.object({ QueryText, MaxResults, ...where });
const ReverseGeocode = z.object({
  QueryPosition: LocationPosition,
  /** Metres. The gazetteer is thin: a place of the same part of the country is an answer. */
  QueryRadius: z.int().min(1).max(21_000_000).default(150_000),
  MaxResults: z.int().min(1).max(100).default(1),
});

const searchText: Operation = (input) => {
  const {
    QueryText: text,
    MaxResults: most,
    BiasPosition,
    Filter: filter,
  } = SearchText.parse(input);
  const found = findByText(text, areaOf(filter), BiasPosition).slice(0, most);
  return { headers: pricing('Core'), body: { ResultItems: found.map(itemOf) } };
};

/** Addresses and positions come only to those who ask for the feature `Core`. */
const suggest: Operation = (input) => {
  const asked = Suggest.parse(input);
  const found = findByText(asked.QueryText, areaOf(asked.Filter), asked.BiasPosition);
  const core = asked.AdditionalFeatures.includes('Core');
  const ResultItems = found.slice(0, asked.MaxResults).map((one) => {
    const { Title, PlaceId, PlaceType, ...details } = itemOf(one);
    const suggested = { PlaceId, PlaceType, ...(core && details) };
    return { Title, SuggestResultItemType: 'Place', Place: suggested, Highlights: {} };
  });
  const bucket = pricing(core ? 'Core' : 'Label');
  return { headers: bucket, body: { ResultItems, QueryRefinements: [] } };
};

const geocode: Operation = (input) => {
  const { QueryText: text, MaxResults: most, BiasPosition, Filter: filter } = Geocode.parse(input);
  const ResultItems = findByText(text, areaOf(filter), BiasPosition)
    .slice(0, most)
    .map((one) => ({ ...itemOf(one), MatchScores: { Overall: one.score } }));
  return { headers: pricing('Core'), body: { ResultItems } };
};

const reverseGeocode: Operation = (input) => {
  const { QueryPosition, QueryRadius, MaxResults: most } = ReverseGeocode.parse(input);
  const found = findByPosition(QueryPosition, QueryRadius).slice(0, most);
  return { headers: pricing('Core'), body: { ResultItems: found.map(itemOf) } };
};

const getPlace: Operation = (_input, { path }) => {
  const id = decodeURIComponent(path.split('/').at(-1) ?? '');
  const place = gazetteer.find((one) => one.id === id);
  if (!place) {
    const message = 'PlaceId: no such place';
    throw new Refusal(invalidForLocation([{ member: 'PlaceId', message, missing: false }]));
  }
  const body = itemOf({ place, score: 1, distance: undefined });
  return { headers: pricing('Core'), body };
};

const paths: ReadonlyMap<string, string> = new Map([
  ['POST /v2/search-text', 'SearchText'],
  ['POST /v2/suggest', 'Suggest'],
  ['POST /v2/geocode', 'Geocode'],
  ['POST /v2/reverse-geocode', 'ReverseGeocode'],
]);

/** Amazon Location Service Places, version 2, over the places of the gazetteer. */
export function playGeoPlaces(): PlayedService {
  return awsService({
    signingName: 'geo-places',
    wireFormat: 'rest-json',
    operations: new Map([
      ['SearchText', searchText],
      ['Suggest', suggest],
      ['Geocode', geocode],
      ['ReverseGeocode', reverseGeocode],
      ['GetPlace', getPlace],
    ]),
    operationOf: ({ method, path }) =>
      method === 'GET' && /^\/v2\/place\/[^/]+$/.test(path)
        ? 'GetPlace'
        : paths.get(`${method} ${path}`),
    resourcesOf: providerOf('geo-places'),
    invalid: invalidForLocation,
  });
}

const areaOf = (filter: Where['Filter']): Area => ({
  circle: filter?.Circle && { center: filter.Circle.Center, radius: filter.Circle.Radius },
  box: filter?.BoundingBox,
  countries: filter?.IncludeCountries,
});

const itemOf = ({ place, distance }: Found) => ({
  PlaceId: place.id,
  PlaceType: place.type,
  Title: `${place.title}, ${place.locality}, ${place.region}, India`,
  Address: addressOf(place),
  Position: place.position,
  ...(distance !== undefined && { Distance: Math.round(distance) }),
});

const addressOf = (place: Place) => ({
  Label: addressLabel(place),
  Country: { Code2: 'IN', Code3: 'IND', Name: 'India' },
  Region: { Code: place.regionCode, Name: place.region },
  Locality: place.locality,
  District: place.district,
  PostalCode: place.postalCode,
  ...(place.type === 'Street' && { Street: place.title }),
});
