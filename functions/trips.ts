import { httpFunction } from './edge/http/http-function.ts';

export const handler = httpFunction('trips', {}, {});
