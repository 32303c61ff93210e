import { readEnvironment } from '../src/contract/functions.ts';
import { queueMessages } from '../src/contract/queues.ts';
import { beginWave } from '../src/dispatch/begin-wave.ts';
import { meetAnswerDeadline } from '../src/dispatch/meet-answer-deadline.ts';
import { noteOfferDelivery } from '../src/dispatch/note-offer-delivery.ts';
import { openGeoIndex } from '../src/fleet/presence/index/geo-index.ts';
import { refreshOffer } from '../src/orders/offers/refresh-offer.ts';
import { refreshOffers } from '../src/orders/offers/refresh-offers.ts';
import { meetSearchDeadline } from '../src/dispatch/meet-search-deadline.ts';
import { announceAgain } from '../src/orders/changing/announce-changes.ts';
import { systemClock as clock } from '../src/platform/clock.ts';
import { queuePatience as patience } from '../src/platform/aws/patience.ts';
import { openSecrets } from '../src/platform/aws/secrets.ts';
import { orderDepsFrom } from './wiring/orders.ts';
import { keepRest } from '../src/trips/tracking/keep-history.ts';
import { queueFunction } from './edge/queue-function.ts';
import { redisFrom } from './wiring/stores.ts';
import { trackingFrom } from './wiring/tracking.ts';

const env = readEnvironment('dispatch', process.env);
const { read: readSecret } = openSecrets(patience.aws);
const redis = redisFrom(env);
const deps = {
  ...orderDepsFrom(env, redis, readSecret, clock, patience),
  geo: openGeoIndex({ redis, clock }),
};
const tracking = trackingFrom(deps, redis);

export const handler = queueFunction(queueMessages.dispatch, {
  'search-wave': (message) => beginWave(message, deps),
  'search-deadline': (message) => meetSearchDeadline(message, deps),
  'answer-deadline': (message) => meetAnswerDeadline(message, deps),
  'free-changed': (message) => refreshOffers(message, deps),
  'refresh-offer': (message) => refreshOffer(message, deps),
  'keep-track': ({ tripId }) => keepRest(tripId, tracking),
  'offer-delivery': (message) => noteOfferDelivery(message, deps),
  'order-changed': (message) => announceAgain(message, deps),
});
