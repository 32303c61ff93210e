import { servedByTrips } from '../src/contract/http/served-by/trips.ts';
import { httpFunction } from './edge/http/http-function.ts';

export const handler = httpFunction(servedByTrips, {}, {});
