import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { cities, type CityName } from '../world/parameters.ts';
import { City } from './city.ts';

/**
 * The process in which a city lives. Whoever started it says which city, asks what is seen there, and is told how far
 * the captains have woken. When that process ends, this one does, too.
 */
const CityNamed = z.custom<CityName>((name) => typeof name === 'string' && name in cities);
const Message = z.union([
  z.object({
    found: z.object({
      origin: z.string(),
      city: CityNamed,
      captains: z.int().positive(),
      seed: z.int().nonnegative(),
      orders: z.number().positive().optional(),
      sessions: z.string(),
      heard: z.string().optional(),
    }),
  }),
  z.object({ look: z.int() }),
]);

/** News of waking, so often at most. */
const newsMs = 3000;

let city: City | undefined;

process.on('message', (message) => void obey(Message.parse(message)));
process.on('disconnect', end);
// The terminal sends it to all: the stage ends us when it ends.
process.on('SIGINT', () => undefined);

async function obey(message: z.output<typeof Message>): Promise<void> {
  if ('look' in message) {
    tell({ look: message.look, view: city?.view() });
    return;
  }
  const { captains, sessions } = message.found;
  mkdirSync(dirname(sessions), { recursive: true });
  const founded = await City.found(message.found);
  city = founded;
  const news = setInterval(() => tell({ online: founded.online, captains }), newsMs);
  await founded.wake();
  clearInterval(news);
  tell({ online: founded.online, captains, trucks: founded.trucks });
}

function tell(what: object): void {
  process.send?.(what);
}

function end(): void {
  city?.stop();
  process.exit();
}
