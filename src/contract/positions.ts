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

/** The position that was meant, if it lies in India. */
export function positionIn(spelled: Spelled, context: z.RefinementCtx) {
  const { coordinates } = spelled;
  const position = Position.safeParse({
    latitude: spelled.latitude ?? coordinates?.latitude ?? spelled.lat,
    longitude: spelled.longitude ?? coordinates?.longitude ?? spelled.lng,
  });
  if (position.success) return position.data;
  for (const { path, message } of position.error.issues) {
    context.addIssue({ code: 'custom', path, message });
  }
  return z.NEVER;
}
