import { nearbyPlaces } from '../../src/trips/sharing/page/nearby-places.ts';
import { jsonReply, type DevRoute, type Reply } from './visit.ts';
import * as z from 'zod';

/** What the people of a city see; undefined where no city lives. */
export type LookAtCity = () => Promise<unknown>;

const Middle = z.looseObject({
  middle: z.object({ latitude: z.number(), longitude: z.number() }),
});

const noCity = {
  city: null,
  message: 'No city lives in this stage. Start one with: npm start -- --city noida',
};

/** `/_dev/city`: what the people of the city see. `/_dev/city/places`: the names around it. */
export function cityRoutes(look: LookAtCity): readonly [string, DevRoute][] {
  return [
    ['GET /_dev/city', async () => compact((await look()) ?? noCity)],
    ['GET /_dev/city/places', async () => compact({ places: await placesAround(await look()) })],
  ];
}

async function placesAround(view: unknown) {
  const { data } = Middle.safeParse(view);
  return data ? nearbyPlaces(data.middle, data.middle) : [];
}

/** The map asks every second: no spaces for a reader. */
const compact = (body: unknown): Reply => ({
  ...jsonReply({}),
  body: `${JSON.stringify(body)}\n`,
});
