import * as z from 'zod';

/** Where Weelo drives: south to north, west to east, in degrees. */
export const india = { south: 6.5, north: 37, west: 68, east: 97.5 } as const;

export const latitudeInIndia = z
  .number()
  .min(india.south, 'This is south of India')
  .max(india.north, 'This is north of India');
export const longitudeInIndia = z
  .number()
  .min(india.west, 'This is west of India')
  .max(india.east, 'This is east of India');

const Position = z.object({ latitude: latitudeInIndia, longitude: longitudeInIndia });

/** A position as it comes in: flat, under `coordinates`, or with the short names. */
export const spelledPosition = {
  latitude: z.number().optional(),
  longitude: z.number().optional(),
  lat: z.number().optional().meta({ deprecated: true, description: 'Alias of `latitude`' }),
  lng: z.number().optional().meta({ deprecated: true, description: 'Alias of `longitude`' }),
  coordinates: z
    .object({ latitude: z.number().optional(), longitude: z.number().optional() })
    .optional()
    .meta({ deprecated: true, description: 'Alias of the two beside it' }),
};

type Spelled = z.output<z.ZodObject<typeof spelledPosition>>;

/** The position that was meant, if it lies in India; if not, what is wrong is told of the spelling that was used. */
export function positionIn(spelled: Spelled, context: z.RefinementCtx) {
  const { coordinates } = spelled;
  const latitude = firstGiven([
    { path: ['latitude'], value: spelled.latitude },
    { path: ['coordinates', 'latitude'], value: coordinates?.latitude },
    { path: ['lat'], value: spelled.lat },
  ]);
  const longitude = firstGiven([
    { path: ['longitude'], value: spelled.longitude },
    { path: ['coordinates', 'longitude'], value: coordinates?.longitude },
    { path: ['lng'], value: spelled.lng },
  ]);
  const position = Position.safeParse({ latitude: latitude?.value, longitude: longitude?.value });
  if (position.success) return position.data;
  for (const { path, message } of position.error.issues) {
    const meant = path[0] === 'latitude' ? latitude : longitude;
    context.addIssue({ code: 'custom', path: [...(meant?.path ?? path)], message });
  }
  return z.NEVER;
}

interface Spelling {
  readonly path: readonly string[];
  readonly value: number | undefined;
}

function firstGiven(spellings: readonly Spelling[]): Spelling | undefined {
  return spellings.find(({ value }) => value !== undefined);
}
