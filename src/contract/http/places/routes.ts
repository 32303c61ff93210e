import * as z from 'zod';
import { latitudeInIndia, longitudeInIndia, positionIn, spelledPosition } from '../../positions.ts';
import { route } from '../route.ts';

const Spelled = z.object(spelledPosition);

const PositionInIndia = Spelled.transform(positionIn).meta({
  description: 'In India: latitude 6.5 to 37, longitude 68 to 97.5',
});

const Stop = Spelled.extend({
  label: z.string().max(500).optional().meta({ description: 'Yours; not read' }),
}).transform(positionIn);

export const PlaceSuggestion = z
  .object({
    placeId: z.string(),
    label: z.string().meta({ description: 'The place in one line' }),
    address: z.string().nullable(),
    city: z.string().nullable(),
    latitude: z.number(),
    longitude: z.number(),
  })
  .meta({ id: 'PlaceSuggestion' });

export type PlaceSuggestion = z.output<typeof PlaceSuggestion>;

export const FoundAddress = z
  .object({
    latitude: z.number(),
    longitude: z.number(),
    address: z
      .string()
      .meta({ description: 'In one line; where nothing is known, the coordinates' }),
    city: z.string().nullable(),
    state: z.string().nullable(),
    country: z.string().nullable(),
    postalCode: z.string().nullable(),
  })
  .meta({ id: 'FoundAddress' });

export type FoundAddress = z.output<typeof FoundAddress>;

const Kilometres = z.int().nonnegative();
const Minutes = z.int().nonnegative();

const shared = {
  distanceKm: Kilometres,
  durationMinutes: Minutes,
  durationFormatted: z.string().meta({ description: 'For people', examples: ['2 h 15 min'] }),
  source: z.enum(['amazon-location', 'estimate']).meta({
    description:
      '`amazon-location`: by road. `estimate`: from the distance as the crow flies, because the roads could not be asked.',
  }),
  polyline: z.array(z.tuple([z.number(), z.number()])).meta({
    description: '`[latitude, longitude]`, 500 points at most; empty where it was not asked for',
  }),
};

const FoundRoute = z.object(shared).meta({ id: 'FoundRoute' });

const FoundRouteWithStops = z
  .object({
    ...shared,
    legs: z
      .array(z.object({ distanceKm: Kilometres, durationMinutes: Minutes }))
      .meta({ description: 'From each point to the next; empty where only the whole is known' }),
  })
  .meta({ id: 'FoundRouteWithStops' });

export type FoundRouteWithStops = z.output<typeof FoundRouteWithStops>;

const travel = {
  truckMode: z
    .boolean()
    .default(false)
    .meta({ description: 'On roads for trucks, at their speed; else as a car' }),
  includePolyline: z.boolean().default(false),
};

const SearchBody = z
  .object({
    query: z.string().trim().min(2).max(120),
    biasLat: z.number().min(-90).max(90).optional().meta({ description: 'Nearer places first' }),
    biasLng: z.number().min(-180).max(180).optional(),
    maxResults: z.int().min(1).max(10).default(5),
  })
  .superRefine(({ biasLat, biasLng }, context) => {
    if ((biasLat === undefined) === (biasLng === undefined)) return;
    const path = [biasLat === undefined ? 'biasLat' : 'biasLng'];
    context.addIssue({ code: 'custom', path, message: 'Send both or neither' });
  });

const common = {
  function: 'places',
  method: 'POST',
  audience: 'signed-in',
  envelope: 'data',
  errors: [],
  rateLimit: { limit: 60, windowSeconds: 60, per: 'user' },
} as const;

export const searchPlaces = route({
  ...common,
  id: 'searchPlaces',
  path: '/api/v1/geocoding/search',
  summary: 'Places in India by what is typed',
  description: 'Best first. Meant to be asked while somebody types.',
  body: SearchBody,
  responses: { 200: { description: 'What was found', schema: z.array(PlaceSuggestion) } },
  example: {
    body: { query: 'koramangala', biasLat: 12.97, biasLng: 77.59, maxResults: 5 },
    responses: {},
  },
});

export const findAddress = route({
  ...common,
  id: 'findAddress',
  path: '/api/v1/geocoding/reverse',
  summary: 'The address of a position in India',
  body: z.object({ latitude: latitudeInIndia, longitude: longitudeInIndia }),
  responses: { 200: { description: 'The nearest that is known', schema: FoundAddress } },
  example: {
    body: { latitude: 12.9352, longitude: 77.6245 },
    responses: {
      200: {
        latitude: 12.9352,
        longitude: 77.6245,
        address: '80 Feet Road, Koramangala, Bengaluru 560034, Karnataka, India',
        city: 'Bengaluru',
        state: 'Karnataka',
        country: 'India',
        postalCode: '560034',
      },
    },
  },
});

export const findRoute = route({
  ...common,
  id: 'findRoute',
  path: '/api/v1/geocoding/route',
  summary: 'How far it is by road, and how long it takes',
  body: z.object({ from: PositionInIndia, to: PositionInIndia, ...travel }),
  responses: { 200: { description: 'The way', schema: FoundRoute } },
  example: {
    body: {
      from: { latitude: 28.6139, longitude: 77.209 },
      to: { latitude: 26.9124, longitude: 75.7873 },
      truckMode: true,
      includePolyline: false,
    },
    responses: {
      200: {
        distanceKm: 281,
        durationMinutes: 372,
        durationFormatted: '6 h 12 min',
        source: 'amazon-location',
        polyline: [],
      },
    },
  },
});

export const findRouteWithStops = route({
  ...common,
  id: 'findRouteWithStops',
  path: '/api/v1/geocoding/route-multi',
  summary: 'The same through several points, in the order given',
  body: z.object({ points: z.array(Stop).min(2).max(10), ...travel }),
  responses: { 200: { description: 'The way', schema: FoundRouteWithStops } },
  example: {
    body: {
      points: [
        { latitude: 28.6139, longitude: 77.209, label: 'New Delhi' },
        { latitude: 28.4595, longitude: 77.0266, label: 'Gurugram' },
        { latitude: 26.9124, longitude: 75.7873, label: 'Jaipur' },
      ],
      truckMode: true,
    },
    responses: {
      200: {
        distanceKm: 285,
        durationMinutes: 395,
        durationFormatted: '6 h 35 min',
        source: 'amazon-location',
        polyline: [],
        legs: [
          { distanceKm: 33, durationMinutes: 74 },
          { distanceKm: 252, durationMinutes: 321 },
        ],
      },
    },
  },
});
