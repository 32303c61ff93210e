import { listVehicleTypes } from '../src/catalogue/list-vehicle-types.ts';
import { priceVehicle } from '../src/catalogue/price-vehicle.ts';
import { readEnvironment } from '../src/contract/functions.ts';
import { servedByPlaces } from '../src/contract/http/served-by/places.ts';
import { amazonLocation } from '../src/places/amazon-location.ts';
import { keepAnswers } from '../src/places/answer-cache.ts';
import { builtIn } from '../src/places/gazetteer/built-in.ts';
import { findAddress } from '../src/places/find-address.ts';
import { findRoute } from '../src/places/find-route.ts';
import { searchPlaces } from '../src/places/search-places.ts';
import { systemClock as clock } from '../src/platform/clock.ts';
import { openLocation } from '../src/platform/aws/location.ts';
import { countInTable } from '../src/platform/rate-limit.ts';
import { openSecrets } from '../src/platform/aws/secrets.ts';
import { openStateTable } from '../src/platform/aws/state-table.ts';
import { httpFunction } from './edge/http/http-function.ts';
import { ok } from './edge/http/reply.ts';
import { edgeFrom } from './wiring/edge.ts';
import { identityFrom } from './wiring/identify.ts';

const env = readEnvironment('places', process.env);
const table = openStateTable(env.STATE_TABLE, clock);
const { read: readSecret } = openSecrets();
const { identify } = identityFrom(env, readSecret, clock);
const places = {
  amazon: env.PLACES_SOURCE === 'amazon-location' ? amazonLocation(openLocation()) : undefined,
  builtIn,
  cache: keepAnswers(table, clock),
};

export const handler = httpFunction(
  servedByPlaces,
  {
    listVehicleTypes: async () => ok(listVehicleTypes()),
    getVehiclePricing: async ({ query }) => ok({ pricing: priceVehicle(query, clock.now()) }),
    searchPlaces: async ({ body }) => ok(await searchPlaces(body, places)),
    findAddress: async ({ body }) => ok(await findAddress(body, places)),
    findRoute: async ({ body: { from, to, ...how } }) => {
      const { legs: _, ...whole } = await findRoute({ points: [from, to], ...how }, places);
      return ok(whole);
    },
    findRouteWithStops: async ({ body }) => ok(await findRoute(body, places)),
  },
  {
    isFromEdge: edgeFrom(env, readSecret, clock),
    authenticate: identify,
    countCall: countInTable(table, clock),
  },
);
